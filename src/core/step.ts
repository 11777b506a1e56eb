// A step: one resumable unit of a plan, as plain data. The engine runs steps without knowing which operation made them.
import type { Blocks } from "./finding.ts";
import type { Phase } from "./phase.ts";

/** How a change is carried out (shown in the plan). */
export type Strategy = "native" | "staged" | "expand" | "rebuild" | "raw";

export interface Lock {
  /** `schema.table`, as people write it. */
  readonly relation: string;
  /** PostgreSQL lock mode in words, e.g. `ACCESS EXCLUSIVE`. */
  readonly mode: string;
  readonly blocks: Blocks;
}

/** Data that an undo would destroy, counted before a rollback and kept by `--archive`. */
export interface Loss {
  /** A sentence part, e.g. `values of public.products.note`. */
  readonly what: string;
  /** Query with one row and one column: how many rows would be lost. */
  readonly countSql: string;
  /** Asked when `countSql` meets a name that is not there: the table has another one from the switch on, or a step did not run yet. */
  readonly countSqlOtherwise?: string;
  /** Idempotent statements that keep the data in `shoofly.archive_*`, run in one transaction right before the undo. */
  readonly archiveSql: readonly string[];
}

interface StepBase {
  /** `<phase>.<n>`, unique in the plan. */
  readonly id: string;
  readonly phase: Phase;
  readonly strategy: Strategy;
  readonly title: string;
  /** Every statement that changes the database, in order. */
  readonly sql: readonly string[];
  /** All of `sql` in one transaction together with the journal record; otherwise each statement alone. */
  readonly transaction: boolean;
  readonly locks: readonly Lock[];
  readonly rewrite: boolean;
  readonly scan: boolean;
  /** Where lock, rewrite and scan come from: observed in a shadow server, or the table tested equal to it. */
  readonly source: "traced" | "table";
  /** Low and high estimate of the time the step takes. */
  readonly estimateMs: readonly [number, number];
  readonly undo: readonly string[];
  /** All of `undo` in one transaction with the journal record; otherwise each statement alone and idempotent. */
  readonly undoTransaction: boolean;
  readonly reversible: boolean;
  readonly loss: readonly Loss[];
}

/** An index whose presence says whether a statement that cannot run in a transaction took effect. */
export interface IndexEffect {
  readonly schema: string;
  readonly name: string;
  /** The index is there (valid) after the step ran; false for a step that drops it. */
  readonly present: boolean;
}

export interface DdlStep extends StepBase {
  readonly kind: "ddl";
  /** Set for `CREATE/DROP INDEX CONCURRENTLY`: `sql` and `undo` hold one statement each. */
  readonly index: IndexEffect | null;
  /** The statements may scan a table: no `statement_timeout`. */
  readonly long: boolean;
}

/** The unique key a backfill walks along; null on a step means block ranges (`ctid`). */
export interface ChunkKey {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface BackfillStep extends StepBase {
  readonly kind: "backfill";
  /**
   * `sql[0]` is run once per slice with the bounds as text parameters: `$1 … $n` the inclusive lower,
   * `$n+1 … $2n` the inclusive upper bound (n = number of key columns; 1 without a key).
   * `undo[0]`, when there, is run the same way over `undoTable`.
   */
  readonly table: { readonly schema: string; readonly name: string };
  readonly key: ChunkKey | null;
  /** `fill` writes our own columns (marked, passed over by the sync triggers); `change` is the author's UPDATE. */
  readonly mode: "fill" | "change";
  readonly undoTable: { readonly schema: string; readonly name: string } | null;
  /** The key that the undo walks along, when it is not `key`. */
  readonly undoKey?: ChunkKey;
  readonly rowsEstimate: number;
}

export interface Check {
  readonly title: string;
  /** Query with one row: `rows` (compared) and `mismatched` (bigint each). */
  readonly sql: string;
  /** Query that shows up to 10 offending rows. */
  readonly sampleSql: string;
  /** Statement that mends the offending rows (run marked as a fill, at most 5 times); null: they block. */
  readonly repairSql: string | null;
}

export interface VerifyStep extends StepBase {
  readonly kind: "verify";
  readonly checks: readonly Check[];
}

/** What a gate waits for or refuses on. */
export type GateName =
  /** No snapshot in the database is older than the gate's start: nobody can still see rows from before the fill. */
  | "old-snapshots"
  /** No session is declared as a client of the version that is about to close. */
  | "sessions"
  /** The conflict ledger of this migration is empty. */
  | "ledger";

export interface GateStep extends StepBase {
  readonly kind: "gate";
  readonly gate: GateName;
}

export type Step = DdlStep | BackfillStep | VerifyStep | GateStep;
export type StepKindName = Step["kind"];
