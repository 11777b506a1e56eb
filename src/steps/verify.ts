// Step kind `verify`: compares the shapes row by row, mends what may be mended, and refuses to go on with a difference.
import { MigrationError } from "../core/error.ts";
import type { Check, VerifyStep } from "../core/step.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { keepUserTriggersStill, mayKeepUserTriggersStill } from "../dialects/postgres/user-triggers.ts";
import type { Presence, StepContext, StepKind } from "./contract.ts";

const repairRoundsMax = 5;

export const verify: StepKind<VerifyStep> = {
  async run(step, context) {
    let mismatched = 0;
    const failed: { check: Check; count: number }[] = [];
    for (const check of step.checks) {
      context.checkpoint();
      const count = await checkAndRepair(step, check, context);
      mismatched += count;
      if (count > 0) failed.push({ check, count });
      context.crash("verify:after-check", step.id);
    }
    await context.noteMismatched(mismatched);
    if (failed.length > 0) throw await differs(failed, context);
  },

  /** A check leaves nothing behind, so an interrupted one is simply done again. */
  probe: async (): Promise<Presence> => await Promise.resolve("absent"),

  undo: async () => await Promise.resolve(),
};

async function checkAndRepair(step: VerifyStep, check: Check, context: StepContext): Promise<number> {
  for (let round = 0; ; round += 1) {
    const count = await countMismatched(check, context);
    if (count === 0 || check.repairSql === null || round === repairRoundsMax) return count;
    context.checkpoint();
    context.emit({
      type: "warning.raised",
      message: `${check.title}: ${count} rows differ, repaired (round ${round + 1})`,
    });
    await repair(step, check.repairSql, context);
  }
}

async function countMismatched(check: Check, { connection }: StepContext): Promise<number> {
  return (await compare(check, connection)).mismatched;
}

/** Runs one check: how many rows it compared, and how many are wrong. */
export async function compare(
  check: Check,
  connection: Connection,
): Promise<{ readonly rows: number; readonly mismatched: number }> {
  const [row] = await connection.query<{ rows: string; mismatched: string }>(check.sql);
  return { rows: Number(row?.rows ?? 0), mismatched: Number(row?.mismatched ?? 0) };
}

/** Marked as a fill, so that the sync triggers do not take it for a write of the new version, and the user's triggers rest. */
async function repair(step: VerifyStep, repairSql: string, context: StepContext): Promise<void> {
  const mayKeepStill = await mayKeepUserTriggersStill(context.connection);
  const statements = ["set local shoofly.fill = 'on'", ...(mayKeepStill ? [keepUserTriggersStill] : []), repairSql];
  await context.transactUnrecorded({ statements, locks: step.locks, isLong: true });
}

async function differs(
  failed: readonly { check: Check; count: number }[],
  context: StepContext,
): Promise<MigrationError> {
  const samples: Record<string, unknown> = {};
  for (const { check } of failed) samples[check.title] = await context.connection.query(check.sampleSql);
  const counts = failed.map(({ check, count }) => `${check.title}: ${count}`).join("; ");
  return new MigrationError("verification-failed", {
    happened: `Verification found rows that differ. ${counts}. For example: ${JSON.stringify(Object.values(samples)[0]).slice(0, 500)}`,
    safeNext: [
      "Mend the rows named above, or the expression that fills them.",
      context.again,
      `shoofly rollback ${context.plan.migration}`,
    ],
    details: { mismatched: Object.fromEntries(failed.map(({ check, count }) => [check.title, count])), samples },
  });
}
