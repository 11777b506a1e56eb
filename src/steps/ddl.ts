// Step kind `ddl`: statements in one lock-safe transaction, a concurrent index build or drop, or statements that stand alone.
import type { DdlStep } from "../core/step.ts";
import { buildIndex, dropIndex, indexPresence } from "../dialects/postgres/concurrent-index.ts";
import type { Presence, StepContext, StepKind } from "./contract.ts";

export const ddl: StepKind<DdlStep> = {
  async run(step, context) {
    if (step.index !== null) {
      await changeIndex(step, context, { statement: step.sql[0] ?? "", present: step.index.present });
    } else if (step.transaction) {
      await context.transact({ statements: step.sql, locks: step.locks, isLong: step.long });
    } else {
      await runEach(step, step.sql, context);
    }
  },

  /**
   * A transaction that was not recorded was not committed, since the record is part of it. Statements that stand alone are
   * idempotent by contract, so that a part of them is no harm.
   */
  async probe(step, context): Promise<Presence> {
    if (step.index === null) return step.transaction ? "absent" : "partial";
    const presence = await indexPresence(context.connection, step.index);
    if (presence === "invalid") return "partial";
    return (presence === "valid") === step.index.present ? "present" : "absent";
  },

  async undo(step, context) {
    if (step.index !== null) {
      await changeIndex(step, context, { statement: step.undo[0] ?? "", present: !step.index.present });
    } else if (step.undoTransaction) {
      await context.transact({ statements: step.undo, locks: step.locks, isLong: step.long });
    } else {
      await runEach(step, step.undo, context);
    }
  },
};

/** `lock_timeout` and retries hold for each of the statements. */
async function runEach(step: DdlStep, statements: readonly string[], context: StepContext): Promise<void> {
  for (const statement of statements) {
    context.checkpoint();
    await context.runAlone({ statements: [statement], locks: step.locks, isLong: step.long });
    crashAfterEffect(step, context);
  }
}

async function changeIndex(
  step: DdlStep,
  context: StepContext,
  { statement, present }: { statement: string; present: boolean },
): Promise<void> {
  if (step.index === null || statement === "") return;
  const watch = await context.connect("watch");
  try {
    await (present ? buildIndex : dropIndex)(step.index, statement, {
      connection: context.connection,
      watch,
      deadlineMs: context.limits.indexDeadlineMs,
      before: async () => await context.checkFence(context.connection),
      waiting: async (on) => await context.waiting(on),
      again: context.again,
    });
  } finally {
    await watch.close();
  }
  crashAfterEffect(step, context);
}

function crashAfterEffect(step: DdlStep, context: StepContext): void {
  context.crash(context.direction === "run" ? "step:after-effect" : "undo:after-effect", step.id);
}
