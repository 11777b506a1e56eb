// How long a fill keeps trying when its rows are locked by others, and what it says meanwhile.
import { MigrationError } from "../core/error.ts";
import type { Lock } from "../core/step.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import type { DatabaseError } from "../dialects/postgres/database-error.ts";
import { findLockHolders, type LockHolder } from "../dialects/postgres/locks.ts";
import type { FillJob } from "./fill.ts";
import { blockerOf, describeHolder } from "./lock-safe.ts";
import type { Session } from "./session.ts";

export interface Patience {
  /** When the first of the refusals in a row came; null while all goes well. */
  readonly refusedAtMs: number | null;
  readonly refusals: number;
  /** `statement_timeout` of the next slice. */
  readonly timeoutMs: number;
  readonly isShown: boolean;
}

const sliceTimeoutMs = 200;
const pauseMsMax = 500;
/** After this long a refusal is worth telling. */
const showAfterMs = 1_000;

export function startPatience(): Patience {
  return { refusedAtMs: null, refusals: 0, timeoutMs: sliceTimeoutMs, isShown: false };
}

/** A slice went through: whoever was waited for is gone. */
export async function patienceAfterSuccess(job: FillJob, patience: Patience): Promise<Patience> {
  if (patience.isShown) await job.waiting(null);
  return patience.refusedAtMs === null ? patience : startPatience();
}

/**
 * Waits a little, longer each time.
 * @throws MigrationError `lock-timeout` when the chunk's budget is spent
 */
export async function patienceAfterRefusal(
  session: Session,
  job: FillJob,
  refusal: {
    readonly patience: Patience;
    readonly error: DatabaseError;
    readonly connection: Connection;
    readonly isSingle: boolean;
  },
): Promise<Patience> {
  const { patience, error, connection, isSingle } = refusal;
  const now = Date.now();
  const since = patience.refusedAtMs ?? now;
  const refusals = patience.refusals + 1;
  let { isShown } = patience;
  if (now - since > showAfterMs) {
    const holders = await findLockHolders(connection, [rowLocksOf(job)], session.ownName);
    if (now - since > job.options.limits.chunkBudgetMs)
      throw blocked(job, session, { holders, error, waitedMs: now - since });
    if (!isShown) await show(job, holders, refusals);
    isShown = true;
  }
  await session.pause(Math.min(pauseMsMax, 20 * 2 ** Math.min(refusals, 5)) * (0.5 + Math.random()));
  // A single row that needs longer than the timeout gets longer: else a slow server would never see the end.
  const timeoutMs = isSingle && error.kind === "canceled" ? patience.timeoutMs * 2 : patience.timeoutMs;
  return { refusedAtMs: since, refusals, timeoutMs, isShown };
}

/** Whoever has locked rows of the table holds at least ROW SHARE on it, which conflicts with EXCLUSIVE (manual §13.3.1). */
function rowLocksOf({ options: { table } }: FillJob): Lock {
  return { relation: `${table.schema}.${table.name}`, mode: "EXCLUSIVE", blocks: "writes" };
}

async function show(job: FillJob, holders: readonly LockHolder[], attempt: number): Promise<void> {
  job.emit({ type: "lock.waited", step: job.name.step, attempt, blockers: holders.map(blockerOf) });
  const [first] = holders;
  await job.waiting(
    `locked rows of ${job.options.table.name}${first === undefined ? "" : `: ${describeHolder(first)}`}`,
  );
}

function blocked(
  job: FillJob,
  session: Session,
  facts: { readonly holders: readonly LockHolder[]; readonly error: DatabaseError; readonly waitedMs: number },
): MigrationError {
  const { holders, error, waitedMs } = facts;
  const who = holders.map((holder) => describeHolder(holder)).join("; ");
  return new MigrationError("lock-timeout", {
    happened: `Step ${job.name.step}: rows of ${job.options.table.schema}.${job.options.table.name} stayed locked for ${Math.round(waitedMs / 1_000)} s (${error.message}). In the table are: ${who === "" ? "nobody at this moment" : who}.`,
    safeNext: [
      `shoofly ${session.options.verb} ${job.name.migration}`,
      ...holders
        .filter(({ pid }) => pid !== 0)
        .map(({ pid }) => `SELECT pg_terminate_backend(${pid});  -- or wait until its transaction ends`),
    ],
    details: { step: job.name.step, blockers: holders.map(blockerOf) },
    ...(error.sqlstate === null ? {} : { sqlstate: error.sqlstate }),
    cause: error,
  });
}
