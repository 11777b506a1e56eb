// CREATE and DROP INDEX CONCURRENTLY: without lock_timeout, but watched from a second connection and bounded by a deadline.
// They wait for old transactions without making anybody wait behind them (manual, CREATE INDEX, "Building Indexes Concurrently").
import { setTimeout as sleep } from "node:timers/promises";
import { MigrationError } from "../../core/error.ts";
import type { IndexEffect } from "../../core/step.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Connection } from "./connect.ts";
import { DatabaseError } from "./database-error.ts";

export interface ConcurrentWork {
  readonly connection: Connection;
  /** Sees who is waited for while the first one is busy. */
  readonly watch: Connection;
  readonly deadlineMs: number;
  /** Runs right before each statement: the fence check. */
  readonly before: () => Promise<void>;
  readonly waiting: (on: string | null) => Promise<void>;
  /** What to type to try again. */
  readonly again: string;
}

const triesMax = 5;
const watchMs = 500;

/** `invalid`: the leftover of a build that failed or was killed. */
export async function indexPresence(
  connection: Connection,
  index: IndexEffect,
): Promise<"absent" | "invalid" | "valid"> {
  const [found] = await connection.query<{ valid: boolean }>(
    `select i.indisvalid and i.indisready as valid from pg_catalog.pg_index i
     join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2`,
    [index.schema, index.name],
  );
  if (found === undefined) return "absent";
  return found.valid ? "valid" : "invalid";
}

/** Builds the index unless it is there; an INVALID one of this name is dropped first. */
export async function buildIndex(index: IndexEffect, statement: string, work: ConcurrentWork): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const presence = await indexPresence(work.connection, index);
    if (presence === "valid") return;
    if (presence === "invalid") await runConcurrently(dropStatement(index), work);
    try {
      await runConcurrently(statement, work);
      return;
    } catch (error) {
      await dropLeftover(index, work);
      if (!(error instanceof DatabaseError) || error.kind !== "deadlock" || tries === triesMax) throw error;
    }
  }
}

/** Drops the index unless it is gone; an interrupted drop leaves it INVALID, which counts as still there. */
export async function dropIndex(index: IndexEffect, statement: string, work: ConcurrentWork): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    if ((await indexPresence(work.connection, index)) === "absent") return;
    try {
      await runConcurrently(statement, work);
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind !== "deadlock" || tries === triesMax) throw error;
    }
  }
}

function dropStatement(index: IndexEffect): string {
  return `drop index concurrently if exists ${quoteQualified(index.schema, index.name)}`;
}

/**
 * A failed build of a unique index may leave it INVALID and yet enforced for new rows (manual, CREATE INDEX): it must not stay, or
 * clients fail on it. The error that led here counts more than one of this drop; the next run drops it then.
 */
async function dropLeftover(index: IndexEffect, work: ConcurrentWork): Promise<void> {
  if (work.connection.lost || (await indexPresence(work.connection, index)) !== "invalid") return;
  await runConcurrently(dropStatement(index), work).catch(() => undefined);
}

async function runConcurrently(statement: string, work: ConcurrentWork): Promise<void> {
  const { connection, deadlineMs } = work;
  await work.before();
  const startedAt = Date.now();
  const ended = new AbortController();
  const watching = watchBlockers(work, ended.signal);
  try {
    await connection.query(`set lock_timeout = 0; set statement_timeout = ${deadlineMs}`);
    await connection.query(statement);
  } catch (error) {
    const isOverdue =
      error instanceof DatabaseError && error.kind === "canceled" && Date.now() - startedAt >= deadlineMs;
    throw isOverdue ? overdue(statement, await findBlockers(work), work) : error;
  } finally {
    ended.abort();
    await watching;
    if (!connection.lost) await connection.query("set lock_timeout = '200ms'; set statement_timeout = 0");
  }
}

async function watchBlockers(work: ConcurrentWork, ended: AbortSignal): Promise<void> {
  let shown: string | null = null;
  while (!ended.aborted) {
    await sleep(watchMs, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted) break;
    const [first] = await findBlockers(work).catch(() => []);
    const now = first === undefined ? null : `old transaction ${first.who}`;
    const changed = first?.key !== shown;
    if (changed && shown !== null) await work.waiting(null);
    if (changed && now !== null) await work.waiting(now);
    shown = first?.key ?? null;
  }
  if (shown !== null) await work.waiting(null);
}

interface Blocking {
  readonly key: string;
  readonly who: string;
  readonly pid: number;
}

/** pg_blocking_pids covers the waits for virtual transactions, too; 0 stands for a prepared transaction (manual §9.26.1). */
async function findBlockers({ watch, connection }: ConcurrentWork): Promise<Blocking[]> {
  const rows = await watch.query<{
    pid: number;
    user: string | null;
    application: string | null;
    age: string;
    state: string | null;
  }>(
    `select b.pid, a.usename::text as "user", a.application_name as application, a.state,
       coalesce(round(extract(epoch from clock_timestamp() - a.xact_start)::numeric, 1), 0)::text as age
     from unnest(pg_catalog.pg_blocking_pids($1)) b (pid) left join pg_catalog.pg_stat_activity a on a.pid = b.pid`,
    [connection.pid],
  );
  return rows.map(({ pid, user, application, age, state }) => ({
    pid,
    key: String(pid),
    who:
      pid === 0
        ? "prepared (see pg_prepared_xacts)"
        : `pid ${pid} (user ${user}, app "${application}", ${age} s, ${state})`,
  }));
}

function overdue(statement: string, blockers: readonly Blocking[], work: ConcurrentWork): MigrationError {
  const who =
    blockers.length === 0
      ? ""
      : ` It waits for transactions that began before it: ${blockers.map(({ who: each }) => each).join(", ")}.`;
  return new MigrationError("old-snapshots", {
    happened: `${statement} did not end within ${Math.round(work.deadlineMs / 1_000)} s.${who}`,
    safeNext: [
      work.again,
      ...blockers.filter(({ pid }) => pid !== 0).map(({ pid }) => `SELECT pg_terminate_backend(${pid});`),
    ],
    details: { blockers },
  });
}
