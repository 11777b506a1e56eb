// Step kind `gate`: waits for old snapshots to end, or refuses while sessions of the old version or conflicts are there.
import { MigrationError } from "../core/error.ts";
import type { GateStep } from "../core/step.ts";
import { findOldTransactions, takeMoment, type OldTransaction } from "../dialects/postgres/locks.ts";
import { readSessions, sortSessions, type ClientSession } from "../dialects/postgres/sessions.ts";
import type { Presence, StepContext, StepKind } from "./contract.ts";

const pollMs = 200;

export const gate: StepKind<GateStep> = {
  async run(step, context) {
    switch (step.gate) {
      case "old-snapshots":
        await waitForSnapshots(step, context);
        break;
      case "sessions":
        await checkSessions(context);
        break;
      case "ledger":
        await checkLedger(context);
        break;
    }
    context.crash("gate:after-open", step.id);
  },

  /** An open gate leaves nothing behind, and a gate that was open before a crash has to be asked again. */
  probe: async (): Promise<Presence> => await Promise.resolve("absent"),

  undo: async () => await Promise.resolve(),
};

/**
 * A REPEATABLE READ transaction goes on reading as of its first statement (manual §13.2.2): only when every snapshot taken before this
 * moment has gone can nobody see rows any more as they were before the fill.
 */
async function waitForSnapshots(step: GateStep, context: StepContext): Promise<void> {
  const moment = await takeMoment(context.connection);
  const until = Date.now() + context.limits.snapshotBudgetMs;
  let isWaiting = false;
  for (;;) {
    const old = await findOldTransactions(context.connection, moment, context.ownName);
    const [first] = old;
    if (first === undefined) break;
    if (!isWaiting) await context.waiting(`old snapshot: ${describe(first)}`);
    isWaiting = true;
    if (Date.now() > until) throw snapshotsRemain(step, old, context);
    await context.pause(pollMs);
  }
  if (isWaiting) await context.waiting(null);
}

function snapshotsRemain(step: GateStep, old: readonly OldTransaction[], context: StepContext): MigrationError {
  const seconds = Math.round(context.limits.snapshotBudgetMs / 1_000);
  return new MigrationError("old-snapshots", {
    happened: `Step ${step.id}: after ${seconds} s these transactions still see the rows as they were before: ${old.map(describe).join("; ")}.`,
    safeNext: [
      context.again,
      ...old
        .filter(({ pid }) => pid !== 0)
        .map(({ pid }) => `SELECT pg_terminate_backend(${pid});  -- or wait until it ends`),
    ],
    details: { step: step.id, transactions: old },
  });
}

function describe({ pid, user, application, ageMs }: OldTransaction): string {
  const name = pid === 0 ? application : `pid ${pid}`;
  return `${name} (user ${user ?? "unknown"}, app "${application}", for ${(ageMs / 1_000).toFixed(1)} s)`;
}

async function checkSessions(context: StepContext): Promise<void> {
  const { versions, targetSchema, migration } = context.plan;
  if (context.gate === "none") {
    if (context.gateReason === null || context.gateReason.trim() === "") {
      throw new MigrationError("usage", {
        happened: "The session gate can only be left out with a reason, which goes into the history.",
        safeNext: [`shoofly complete ${migration} --gate none --reason "…"`],
      });
    }
    await context.noteEvent("session gate left out", { reason: context.gateReason });
    return;
  }
  const { old, untagged } = sortSessions(await readSessions(context.connection, versions.old), {
    ...versions,
    targetSchema,
  });
  if (old.length > 0) throw closed(`${count(old)} declared as clients of ${versions.old}`, old, context);
  if (untagged.length === 0) return;
  if (context.gate === "strict") throw closed(`${count(untagged)} of no declared version`, untagged, context);
  const more = untagged.length > 10 ? `, and ${untagged.length - 10} more` : "";
  context.emit({
    type: "warning.raised",
    message: `${count(untagged)} of no declared version: ${untagged.slice(0, 10).map(describeSession).join("; ")}${more}`,
  });
}

function closed(what: string, sessions: readonly ClientSession[], context: StepContext): MigrationError {
  const { migration } = context.plan;
  return new MigrationError("gate-closed", {
    happened: `There are still ${what}: ${sessions.slice(0, 10).map(describeSession).join("; ")}.`,
    safeNext: [
      "Let these clients go over to the new version, or end them.",
      context.again,
      `shoofly complete ${migration} --gate none --reason "…"`,
    ],
    details: { sessions },
  });
}

function count(sessions: readonly ClientSession[]): string {
  return sessions.length === 1 ? "1 session" : `${sessions.length} sessions`;
}

function describeSession({ pid, user, application, client, why }: ClientSession): string {
  const host = client === null ? "" : `, host ${client}`;
  return `pid ${pid} (user ${user ?? "unknown"}, app "${application}"${host}${why === null ? "" : `; ${why}`})`;
}

async function checkLedger(context: StepContext): Promise<void> {
  const { migration } = context.plan;
  const [row] = await context.connection.query<{ conflicts: string; quarantined: string }>(
    `select (select count(*) from shoofly.conflicts where migration = $1) as conflicts,
       (select count(*) from shoofly.quarantine where migration = $1) as quarantined`,
    [migration],
  );
  const conflicts = Number(row?.conflicts ?? 0);
  const quarantined = Number(row?.quarantined ?? 0);
  if (conflicts + quarantined === 0) return;
  const samples = await context.connection.query(
    `select relation, "row", error from shoofly.conflicts where migration = $1
     union all select step, key, error from shoofly.quarantine where migration = $1 limit 10`,
    [migration],
  );
  throw new MigrationError("gate-closed", {
    happened: `${conflicts} rows are in the conflict ledger and ${quarantined} in quarantine, for example ${JSON.stringify(samples[0]).slice(0, 300)}.`,
    safeNext: [
      `SELECT * FROM shoofly.conflicts WHERE migration = '${migration}';`,
      `shoofly verify ${migration} --repair`,
      context.again,
    ],
    details: { conflicts, quarantined, samples },
  });
}
