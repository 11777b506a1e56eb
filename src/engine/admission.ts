// Which verb is possible in which state, and which other migrations are in the way. Pure; decides before anything is touched.
import { MigrationError } from "../core/error.ts";
import type { Verb } from "../core/phase.ts";
import type { MigrationRecord } from "../core/record.ts";
import { verbOf, type MigrationState } from "../core/state.ts";

export interface Asked {
  readonly verb: Verb;
  readonly migration: string;
  /** `rollback --to ready`. */
  readonly to: "ready" | null;
  /** Where a rollback that was interrupted was going. */
  readonly interruptedTarget: "ready" | "rolled-back" | null;
}

/** `nothing`: already where the verb leads. `begin`: from a resting state. `resume`: goes on with what was interrupted. */
export type Admission = "nothing" | "begin" | "resume";

/** @throws MigrationError `wrong-state`, `migration-active` */
export function admit(asked: Asked, record: MigrationRecord | null, all: readonly MigrationRecord[]): Admission {
  const state = record?.state ?? "pending";
  const admission = admissionIn[asked.verb][state];
  if (record !== null && record.carriedBy !== record.name && !(asked.verb === "start" && admission !== "resume")) {
    throw wrongState(asked, `${record.name} is carried out together with ${record.carriedBy}`, [
      `shoofly ${asked.verb} ${record.carriedBy}`,
    ]);
  }
  if (admission === undefined) throw refusal(asked, state);
  if (asked.verb === "rollback") checkTarget(asked, state);
  if (admission === "begin") checkOthers(asked, record, all);
  return admission;
}

/** Verb → state → what happens; a state that is missing is a refusal. */
const admissionIn: Readonly<Record<Verb, Readonly<Partial<Record<MigrationState, Admission>>>>> = {
  start: {
    pending: "begin",
    "rolled-back": "begin",
    expanding: "resume",
    backfilling: "resume",
    verifying: "resume",
    ready: "nothing",
    completed: "nothing",
    purged: "nothing",
  },
  complete: { ready: "begin", completing: "resume", completed: "nothing", purged: "nothing" },
  purge: { completed: "begin", purging: "resume", purged: "nothing" },
  rollback: {
    expanding: "begin",
    backfilling: "begin",
    verifying: "begin",
    ready: "begin",
    completing: "begin",
    completed: "begin",
    "rolling-back": "resume",
    "rolled-back": "nothing",
  },
};

function refusal(asked: Asked, state: MigrationState): MigrationError {
  const { migration, verb } = asked;
  const underWay = verbOf[state];
  if (underWay !== null) {
    const back = underWay === "purge" || underWay === "rollback" ? [] : [`shoofly rollback ${migration}`];
    return wrongState(asked, `${migration} is ${state}: ${underWay} was interrupted and has to be finished first`, [
      `shoofly ${underWay} ${migration}`,
      ...back,
    ]);
  }
  if (state === "purged") return wrongState(asked, `${migration} is purged, which cannot be undone`, []);
  const next: Partial<Record<MigrationState, string>> = {
    pending: "start",
    "rolled-back": "start",
    ready: "complete",
    completed: "purge",
  };
  const command = next[state];
  return wrongState(
    asked,
    `${verb} is not possible while ${migration} is ${state === "pending" ? "not started" : state}`,
    command === undefined ? [] : [`shoofly ${command} ${migration}`],
  );
}

function checkTarget(asked: Asked, state: MigrationState): void {
  if (asked.to !== "ready" || state === "rolled-back") return;
  const possible =
    state === "completed" ||
    state === "completing" ||
    (state === "rolling-back" && asked.interruptedTarget === "ready");
  if (possible) return;
  throw wrongState(asked, `rollback --to ready is possible from completed only, and ${asked.migration} is ${state}`, [
    `shoofly rollback ${asked.migration}`,
  ]);
}

function checkOthers(asked: Asked, record: MigrationRecord | null, all: readonly MigrationRecord[]): void {
  const others = all.filter((other) => other.carriedBy === other.name && other.name !== asked.migration);
  const active = others.find(isActive);
  if (asked.verb === "start" && active !== undefined) {
    const next = active.state === "ready" ? "complete" : (verbOf[active.state] ?? "start");
    throw inTheWay(asked, `${active.name} is ${active.state}`, active, [
      `shoofly ${next} ${active.name}`,
      ...(active.state === "purging" ? [] : [`shoofly rollback ${active.name}`]),
    ]);
  }
  if (asked.verb === "purge") {
    const sharing = others.find(
      (other) => isActive(other) && other.tables.some((table) => record?.tables.includes(table)),
    );
    if (sharing !== undefined) {
      throw inTheWay(asked, `${sharing.name} is ${sharing.state} on the same tables`, sharing, [
        `shoofly status ${sharing.name}`,
      ]);
    }
    checkEarlier(asked, record, others);
  }
  if (asked.verb === "rollback") checkLater(asked, record, others);
}

/** What an earlier one retired is fed from what this one retired; the earlier goes first. */
function checkEarlier(asked: Asked, record: MigrationRecord | null, others: readonly MigrationRecord[]): void {
  const earlier = keptBelow(record, others)[0];
  if (earlier === undefined) return;
  throw inTheWay(asked, `${earlier.name} is completed and keeps a retired shape on the same tables`, earlier, [
    `shoofly purge ${earlier.name}`,
    `shoofly purge ${asked.migration}`,
  ]);
}

/** Completed migrations that were started before this one on one of its tables, in the order in which they have to be purged. */
export function keptBelow(record: MigrationRecord | null, all: readonly MigrationRecord[]): MigrationRecord[] {
  return all
    .filter((other) => other.carriedBy === other.name && other.name !== record?.name && other.state === "completed")
    .filter((other) => (other.startedAt ?? "") < (record?.startedAt ?? ""))
    .filter((other) => other.tables.some((table) => record?.tables.includes(table)))
    .toSorted((a, b) => ((a.startedAt ?? "") < (b.startedAt ?? "") ? -1 : 1));
}

/** Migrations are undone in the reverse order of their start: the later one was planned on top of this one's shape. */
function checkLater(asked: Asked, record: MigrationRecord | null, others: readonly MigrationRecord[]): void {
  const startedAt = record?.startedAt ?? "";
  const later = others
    .filter((other) => other.startedAt !== null && other.startedAt > startedAt)
    .findLast((other) => other.state !== "pending" && other.state !== "rolled-back");
  if (later === undefined) return;
  const next =
    later.state === "purged" ? [] : [`shoofly rollback ${later.name}`, `shoofly rollback ${asked.migration}`];
  throw inTheWay(asked, `${later.name} was started after it and is ${later.state}`, later, next);
}

function isActive({ state }: MigrationRecord): boolean {
  return state === "ready" || verbOf[state] !== null;
}

function wrongState({ migration, verb }: Asked, reason: string, safeNext: readonly string[]): MigrationError {
  return new MigrationError("wrong-state", {
    happened: `${reason}.`,
    safeNext: [...safeNext, `shoofly status ${migration}`],
    details: { migration, verb },
  });
}

function inTheWay(asked: Asked, reason: string, other: MigrationRecord, safeNext: readonly string[]): MigrationError {
  return new MigrationError("migration-active", {
    happened: `${asked.verb} of ${asked.migration} is not possible now: ${reason}.`,
    safeNext,
    details: { migration: asked.migration, other: other.name, state: other.state },
  });
}
