// Step kind `backfill`: one set-based statement over all rows of a table, slice by slice along a key.
import type { BackfillStep } from "../core/step.ts";
import type { Presence, StepContext, StepKind } from "./contract.ts";

export const backfill: StepKind<BackfillStep> = {
  async run(step, context: StepContext) {
    const [sql] = step.sql;
    if (sql !== undefined) await context.fill({ step, direction: "run", table: step.table, sql });
  },

  /** The chunk ledger knows exactly how far it came. */
  probe: async (): Promise<Presence> => await Promise.resolve("partial"),

  async undo(step, context: StepContext) {
    const [sql] = step.undo;
    if (sql !== undefined) await context.fill({ step, direction: "undo", table: step.undoTable ?? step.table, sql });
  },
};
