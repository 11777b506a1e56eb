// What a caller says when it asks for a verb.
import type { Crash } from "../core/crash-point.ts";
import type { Emit } from "../core/event.ts";
import type { Phase, Verb } from "../core/phase.ts";
import type { Plan } from "../core/plan.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import type { SessionGate, StepLimits } from "../steps/contract.ts";
import type { FillLimits } from "./fill.ts";

export interface RunOptions {
  readonly url: string;
  readonly verb: Verb;
  readonly migration: string;
  /** Called under the lease, and only when there is no stored plan to resume. */
  readonly makePlan?: (connection: Connection) => Promise<Plan>;
  /** `start` only: the last phase to run. */
  readonly until?: Phase;
  /** `rollback` only: back to `ready` instead of all the way. */
  readonly to?: "ready";
  readonly archive?: boolean;
  readonly gate?: SessionGate;
  readonly reason?: string;
  readonly acceptDrift?: boolean;
  readonly lockBudgetMs?: number;
  readonly indexDeadlineMs?: number;
  readonly snapshotBudgetMs?: number;
  /** How long rows of one chunk may stay locked by others. */
  readonly chunkBudgetMs?: number;
  readonly reconnectMs?: number;
  readonly workers?: number;
  readonly emit: Emit;
  /** First Ctrl-C: checkpoint and stop. */
  readonly stop: AbortSignal;
  /** Second Ctrl-C: cancel the running statement. */
  readonly cancel: AbortSignal;
  readonly crash: Crash;
  /** Who asked, for the audit log. */
  readonly by: string;
}

type Limits = StepLimits & FillLimits;

/** Every bound of a step, with the defaults where the caller names none. */
export function limitsOf(options: Partial<Pick<RunOptions, keyof Limits>>): Limits {
  return {
    lockBudgetMs: options.lockBudgetMs ?? 60_000,
    indexDeadlineMs: options.indexDeadlineMs ?? 3_600_000,
    snapshotBudgetMs: options.snapshotBudgetMs ?? 60_000,
    chunkBudgetMs: options.chunkBudgetMs ?? 300_000,
    workers: options.workers ?? 2,
  };
}
