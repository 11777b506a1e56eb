// Which verb is possible in which state: the whole table, and the other migrations that are in the way.
import { describe, expect, test } from "vitest";
import type { Verb } from "../core/phase.ts";
import type { MigrationRecord } from "../core/record.ts";
import { migrationStates, migrationTransitions, stateDuring, verbOf, type MigrationState } from "../core/state.ts";
import { admit } from "./admission.ts";

function record(name: string, state: MigrationState, more: Partial<MigrationRecord> = {}): MigrationRecord {
  return {
    name,
    file: `${name}.sql`,
    checksum: "sha256:0",
    targetSchema: "public",
    state,
    phase: null,
    waitingFor: null,
    versions: { old: "public", new: `public_${name}` },
    error: null,
    progress: null,
    quarantined: 0,
    mismatched: 0,
    carriedBy: name,
    tables: ["public.t"],
    startedAt: "2026-01-01T00:00:00+00:00",
    changedAt: "2026-01-01T00:00:00+00:00",
    startedBy: "test",
    position: null,
    steps: [],
    ...more,
  };
}

const verbs: readonly Verb[] = ["start", "complete", "rollback", "purge"];

function outcome(verb: Verb, state: MigrationState): string {
  try {
    const m = record("m", state);
    return admit({ verb, migration: "m", to: null, interruptedTarget: null }, m, [m]);
  } catch (error) {
    const { code, safeNext } = error as { code: string; safeNext: readonly string[] };
    return `${code}: ${safeNext[0]}`;
  }
}

test("verb × state", () => {
  const table = migrationStates.map((state) => [state, ...verbs.map((verb) => outcome(verb, state))].join(" | "));
  expect(table).toMatchInlineSnapshot(`
    [
      "pending | begin | wrong-state: shoofly start m | wrong-state: shoofly start m | wrong-state: shoofly start m",
      "expanding | resume | wrong-state: shoofly start m | begin | wrong-state: shoofly start m",
      "backfilling | resume | wrong-state: shoofly start m | begin | wrong-state: shoofly start m",
      "verifying | resume | wrong-state: shoofly start m | begin | wrong-state: shoofly start m",
      "ready | nothing | begin | begin | wrong-state: shoofly complete m",
      "completing | wrong-state: shoofly complete m | resume | begin | wrong-state: shoofly complete m",
      "completed | nothing | nothing | begin | begin",
      "purging | wrong-state: shoofly purge m | wrong-state: shoofly purge m | wrong-state: shoofly purge m | resume",
      "purged | nothing | nothing | wrong-state: shoofly status m | nothing",
      "rolling-back | wrong-state: shoofly rollback m | wrong-state: shoofly rollback m | resume | wrong-state: shoofly rollback m",
      "rolled-back | begin | wrong-state: shoofly start m | nothing | wrong-state: shoofly start m",
    ]
  `);
});

test("every admitted verb leads over transitions that exist", () => {
  for (const state of migrationStates) {
    if (outcome("start", state) === "begin") expect(migrationTransitions[state]).toContain("expanding");
    if (outcome("complete", state) === "begin") expect(migrationTransitions[state]).toContain("completing");
    if (outcome("purge", state) === "begin") expect(migrationTransitions[state]).toContain("purging");
    if (outcome("rollback", state) === "begin") expect(migrationTransitions[state]).toContain("rolling-back");
    const verb = verbOf[state];
    if (verb !== null && verb !== "rollback") expect(Object.values(stateDuring)).toContain(state);
  }
});

describe("rollback --to ready", () => {
  const back = (state: MigrationState, interruptedTarget: "ready" | "rolled-back" | null = null): unknown =>
    admit({ verb: "rollback", migration: "m", to: "ready", interruptedTarget }, record("m", state), []);

  test("from completed and completing, and where it was interrupted", () => {
    expect(back("completed")).toBe("begin");
    expect(back("completing")).toBe("begin");
    expect(back("rolling-back", "ready")).toBe("resume");
  });

  test("not from ready, and not out of a rollback that goes all the way", () => {
    expect(() => back("ready")).toThrow("from completed only");
    expect(() => back("rolling-back", "rolled-back")).toThrow("from completed only");
  });
});

describe("other migrations", () => {
  const first = record("m1", "completed");
  const at = (name: string, state: MigrationState, more: Partial<MigrationRecord> = {}): MigrationRecord =>
    record(name, state, { startedAt: "2026-02-01T00:00:00+00:00", ...more });
  const ask = (verb: Verb, migration: string, all: readonly MigrationRecord[]): unknown =>
    admit(
      { verb, migration, to: null, interruptedTarget: null },
      all.find((each) => each.name === migration) ?? null,
      all,
    );

  test("a second may start when the first is completed, purged or rolled back", () => {
    expect(ask("start", "m2", [first])).toBe("begin");
    expect(ask("start", "m2", [record("m1", "purged")])).toBe("begin");
    expect(ask("start", "m2", [record("m1", "rolled-back")])).toBe("begin");
  });

  test("a second may not start while the first is ready or under way", () => {
    for (const state of ["ready", "expanding", "completing", "purging", "rolling-back"] as const) {
      expect(() => ask("start", "m2", [record("m1", state)])).toThrow(`m1 is ${state}`);
    }
  });

  test("the first cannot be rolled back under the second", () => {
    for (const state of ["ready", "completed", "purged"] as const) {
      expect(() => ask("rollback", "m1", [first, at("m2", state)])).toThrow("m2 was started after it");
    }
    expect(ask("rollback", "m1", [first, at("m2", "rolled-back")])).toBe("begin");
    expect(ask("rollback", "m2", [first, at("m2", "completed")])).toBe("begin");
  });

  test("the first cannot be purged while the second works on the same table", () => {
    expect(() => ask("purge", "m1", [first, at("m2", "ready")])).toThrow("m2 is ready on the same tables");
    expect(ask("purge", "m1", [first, at("m2", "ready", { tables: ["public.other"] })])).toBe("begin");
    expect(ask("purge", "m1", [first, at("m2", "completed")])).toBe("begin");
  });

  test("a carried file follows the one that carries it", () => {
    const carried = record("m0", "ready", { carriedBy: "m1" });
    expect(() => ask("complete", "m0", [carried, record("m1", "ready")])).toThrow("carried out together with m1");
    expect(ask("start", "m0", [carried, record("m1", "ready")])).toBe("nothing");
  });
});
