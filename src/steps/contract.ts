// The contract of a step kind: run, probe, undo; and what the engine gives it to work with.
import type { Crash } from "../core/crash-point.ts";
import type { Emit } from "../core/event.ts";
import type { Plan } from "../core/plan.ts";
import type { BackfillStep, Lock, Step } from "../core/step.ts";
import type { Connection } from "../dialects/postgres/connect.ts";

/** What the database shows of a step's effect, whatever the journal says. `unknown` stops for a person. */
export type Presence = "absent" | "partial" | "present" | "unknown";

export interface StepKind<S extends Step> {
  /** Brings the effect about, from wherever an earlier run stopped. */
  run(step: S, context: StepContext): Promise<void>;
  /** Asks the database, not the journal. Called for a step that was running when its runner ended. */
  probe(step: S, context: StepContext): Promise<Presence>;
  /** Takes the effect back, complete or not. */
  undo(step: S, context: StepContext): Promise<void>;
}

/** Statements for one lock-safe transaction. */
export interface TransactionWork {
  readonly statements: readonly string[];
  readonly locks: readonly Lock[];
  readonly isLong: boolean;
}

/** A statement of a backfill over all rows of a table, slice by slice. */
export interface Fill {
  readonly step: BackfillStep;
  readonly direction: "run" | "undo";
  readonly table: { readonly schema: string; readonly name: string };
  /** The bounds of a slice are `$1 … $2n`. */
  readonly sql: string;
}

export type SessionGate = "standard" | "strict" | "none";

export interface StepContext {
  readonly plan: Plan;
  /** Forward, or taking back. */
  readonly direction: "run" | "undo";
  /** The runner's own connection: fenced, with the plan's search_path. */
  readonly connection: Connection;
  /** Beginning of the application names of all connections of this runner. */
  readonly ownName: string;
  readonly emit: Emit;
  readonly crash: Crash;
  readonly limits: StepLimits;
  readonly gate: SessionGate;
  readonly gateReason: string | null;
  /** The command that tries again, for errors. */
  readonly again: string;
  /** Another fenced connection; whoever opens it closes it. */
  connect(role: string): Promise<Connection>;
  /** One lock-safe transaction that ends with the step's record: after it nothing may follow in the same run. */
  transact(work: TransactionWork): Promise<void>;
  /** A lock-safe transaction that leaves the step's record to the engine. */
  transactUnrecorded(work: TransactionWork): Promise<void>;
  /** One statement that stands alone, outside of a transaction block and without the record. */
  runAlone(work: TransactionWork): Promise<void>;
  /** Runs a fill with workers, chunks and pace. */
  fill(fill: Fill): Promise<void>;
  /** Checks the fence in the transaction that is open on the connection. */
  checkFence(connection: Connection): Promise<void>;
  /** Throws `interrupted` when the run is to stop. */
  checkpoint(): void;
  /** Waits; throws `interrupted` when the run is to stop meanwhile. */
  pause(ms: number): Promise<void>;
  /** Shows what is being waited for; null when it is over. */
  waiting(on: string | null): Promise<void>;
  /** Rows that the checks found different. */
  noteMismatched(count: number): Promise<void>;
  /** Writes the audit log. */
  noteEvent(what: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface StepLimits {
  /** All waiting for locks of one step. */
  readonly lockBudgetMs: number;
  /** A concurrent index build or drop, its waiting included. */
  readonly indexDeadlineMs: number;
  /** Waiting for old snapshots. */
  readonly snapshotBudgetMs: number;
}
