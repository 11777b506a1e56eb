// What one statement, or one step, does to tables that are there already: the locks it takes and whether their rows are gone through.
import type { Lock } from "./step.ts";

export interface Effect {
  /** The strongest mode per relation that existed before; indexes are left out. */
  readonly locks: readonly Lock[];
  /** An existing table gets new files. */
  readonly rewrite: boolean;
  /** An existing table is scanned, rewritten, validated or indexed. */
  readonly scan: boolean;
  /** Observed in a shadow server, or predicted by the table that is tested equal to it. */
  readonly source: "traced" | "table";
}
