// What a step kind gets to work with: the session's connections and the engine's mechanisms, bound to one step.
import type { Plan } from "../core/plan.ts";
import type { Step } from "../core/step.ts";
import type { StepState } from "../core/state.ts";
import { clearLedger } from "../dialects/postgres/chunks.ts";
import { readStructure } from "../dialects/postgres/structure.ts";
import type { SessionGate, StepContext, StepLimits, TransactionWork } from "../steps/contract.ts";
import { runFill, type FillLimits } from "./fill.ts";
import { runLockSafe, type LockSafeOptions } from "./lock-safe.ts";
import type { Session } from "./session.ts";

export interface ContextOptions {
  readonly plan: Plan;
  readonly step: Step;
  readonly direction: "run" | "undo";
  readonly limits: StepLimits & FillLimits;
  readonly gate: SessionGate;
  readonly gateReason: string | null;
  readonly by: string;
}

/** The context, and whether the step's record was written in a transaction of the step itself. */
export interface BoundContext {
  readonly context: StepContext;
  readonly isRecorded: () => boolean;
}

export function bindContext(session: Session, options: ContextOptions): BoundContext {
  let recorded = false;
  const waiting = waitingNotes(session, options.plan);
  const { plan, step, direction, limits, by } = options;
  const { verb, migration } = session.options;
  const lockSafe = async (work: TransactionWork, mode: { isAlone: boolean; records: boolean }): Promise<void> => {
    await runLockSafe(
      {
        ...work,
        // What a step says of itself it says of the way forward: an undo is not planned by its locks.
        mayRewrite: direction === "undo" || step.rewrite,
        isAlone: mode.isAlone,
        before: async () => await session.checkFence(session.connection),
        after: async () => {
          if (mode.records) await recordEffect(session, options);
        },
        beforeCommit: () =>
          session.options.crash(direction === "run" ? "step:before-commit" : "undo:before-commit", step.id),
      },
      { ...lockSafeOptions(session, options), waiting },
    );
    recorded ||= mode.records;
  };
  const context: StepContext = {
    plan,
    direction,
    connection: session.connection,
    ownName: session.ownName,
    emit: session.emit,
    crash: session.options.crash,
    limits,
    gate: options.gate,
    gateReason: options.gateReason,
    again: `shoofly ${verb} ${migration}`,
    connect: async (role) => await session.connect(role),
    transact: async (work) => await lockSafe(work, { isAlone: false, records: true }),
    transactUnrecorded: async (work) => await lockSafe(work, { isAlone: false, records: false }),
    runAlone: async (work) => await lockSafe(work, { isAlone: true, records: false }),
    fill: async (fill) => await runFill(session, { ...fill, plan, limits, waiting }),
    checkFence: async (connection) => await session.checkFence(connection),
    checkpoint: () => session.checkpoint(),
    pause: async (ms) => await session.pause(ms),
    waiting,
    noteMismatched: async (count) => await session.journal.noteMismatched(plan.migration, count),
    noteEvent: async (what, detail) => await session.journal.appendEvent(plan.migration, by, what, detail),
  };
  return { context, isRecorded: () => recorded };
}

/** Step done (or undone) and what the tables look like now, in the transaction of the effect. */
export async function recordEffect(session: Session, { plan, step, direction }: ContextOptions): Promise<void> {
  const [from, to]: [StepState, StepState] = direction === "run" ? ["running", "done"] : ["undoing", "undone"];
  const structure = step.kind === "ddl" ? { structure: await readStructure(session.connection, plan.tables) } : {};
  await session.journal.changeStep(plan.migration, step.id, from, to, { fence: session.lease.fence, ...structure });
  if (step.kind === "backfill" && direction === "undo") await clearLedger(session.connection, plan.migration, step.id);
}

function lockSafeOptions(session: Session, { plan, step, limits }: ContextOptions): Omit<LockSafeOptions, "waiting"> {
  return {
    connection: session.connection,
    ownName: session.ownName,
    step: step.id,
    budgetMs: limits.lockBudgetMs,
    emit: session.emit,
    random: Math.random,
    pause: async (ms) => await session.pause(ms),
    again: `shoofly ${session.options.verb} ${plan.migration}`,
    isCanceled: () => session.isCanceled,
  };
}

/** By way of the lease's connection: the runner's own may be busy with the very statement that waits. */
function waitingNotes(session: Session, plan: Plan): (on: string | null) => Promise<void> {
  let shown: string | null = null;
  return async (on) => {
    if (shown !== null) session.emit({ type: "waiting.ended", on: shown });
    if (on !== null) session.emit({ type: "waiting.started", on });
    shown = on;
    await session.notes.noteWaiting(plan.migration, on).catch(() => undefined);
  };
}
