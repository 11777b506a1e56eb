// Runs statements that need strong locks without ever making clients wait for long: bounded attempts, a ladder with jitter and
// pauses, one total budget. A lock request that waits makes every later conflicting request wait behind it (manual §13.3.1 and
// the lock queue described in §54.12), so it is the waiting itself that has to be short.
import { MigrationError } from "../core/error.ts";
import type { Blocker, Emit } from "../core/event.ts";
import type { Lock } from "../core/step.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import { findLockHolders, type LockHolder } from "../dialects/postgres/locks.ts";
import { quoteIdentifier } from "../sql/identifier.ts";

/** Statements that belong into one transaction, or one statement that the server refuses to run in a transaction block. */
export interface LockSafeWork {
  readonly statements: readonly string[];
  readonly locks: readonly Lock[];
  /** Without BEGIN and COMMIT. */
  readonly isAlone: boolean;
  /** The statements may scan a table: no `statement_timeout`. */
  readonly isLong: boolean;
  /** Planned as such: the journal's event trigger stops every other rewrite of a table that has rows. */
  readonly mayRewrite: boolean;
  /** First in the transaction: the fence check. */
  readonly before: () => Promise<void>;
  /** Last before COMMIT: the journal's record. */
  readonly after: () => Promise<void>;
  readonly beforeCommit: () => void;
}

export interface LockSafeOptions {
  readonly connection: Connection;
  /** Application names with this beginning are our own and never count as blockers. */
  readonly ownName: string;
  readonly step: string;
  readonly budgetMs: number;
  readonly emit: Emit;
  readonly random: () => number;
  /** Waits; throws when the run is to stop. */
  readonly pause: (ms: number) => Promise<void>;
  /** Says who is being waited for; null when it is over. */
  readonly waiting: (on: string | null) => Promise<void>;
  /** What to type to try again. */
  readonly again: string;
  /** Statements are being canceled by the user: not to be tried again. */
  readonly isCanceled: () => boolean;
}

export interface Attempt {
  /** How long all lock requests of the attempt together may wait. */
  readonly budgetMs: number;
  /** How long clients are left alone after the attempt failed. */
  readonly pauseMs: number;
}

const firstBudgetMs = 50;
const budgetMsMax = 200;
const pauseMsMax = 2_000;
/** A statement late in an attempt may still wait this long, else a step of many statements could never get through. */
const lockTimeoutMsMin = 10;
/** Transactions younger than this are no reason to hold back: they will be gone before the attempt is over. */
const freshMs = 500;
const pollMs = 250;
const metadataTimeoutMs = 10_000;

/** The ladder: 50, 75, 112, 168, 200, 200 … ms of waiting; pauses double from 100 ms to 2 s, each 0.5 to 1.5 times as long. */
export function attemptOf(attempt: number, random: () => number): Attempt {
  const jitter = 0.5 + random();
  return {
    budgetMs: Math.min(budgetMsMax, Math.floor(firstBudgetMs * 1.5 ** (attempt - 1))),
    pauseMs: Math.round(Math.min(pauseMsMax, 100 * 2 ** Math.min(attempt - 1, 10)) * jitter),
  };
}

/** @throws MigrationError `lock-timeout` when the budget is spent; DatabaseError for everything that is not worth another try */
export async function runLockSafe(work: LockSafeWork, options: LockSafeOptions): Promise<void> {
  const until = Date.now() + options.budgetMs;
  const holders = new HolderWatch(work, options);
  for (let attempt = 1; ; attempt += 1) {
    const yielding = await holders.wait(attempt, until);
    const { budgetMs, pauseMs } = attemptOf(attempt, options.random);
    const failure = await tryOnce(work, options, { budgetMs, yielding });
    if (failure === null) break;
    if (Date.now() + pauseMs > until) throw await holders.timeout(failure, attempt);
    await options.pause(pauseMs);
  }
  await holders.done();
}

/** One attempt: null when it committed, the error when another try may succeed. */
async function tryOnce(
  work: LockSafeWork,
  options: LockSafeOptions,
  { budgetMs, yielding }: { budgetMs: number; yielding: readonly string[] },
): Promise<DatabaseError | null> {
  const { connection } = options;
  try {
    if (work.isAlone) {
      await tryAlone(work, connection, budgetMs);
      return null;
    }
    await begin(connection, work, yielding);
    await runStatements(connection, work.statements, budgetMs);
    await work.after();
    work.beforeCommit();
    await connection.query("commit");
    return null;
  } catch (error) {
    if (!connection.lost && !work.isAlone) await connection.query("rollback").catch(() => undefined);
    if (error instanceof DatabaseError && isWorthAnotherTry(error) && !options.isCanceled()) return error;
    throw error;
  }
}

/** Session settings instead of local ones; afterwards those that every connection begins with. */
async function tryAlone(
  { statements, isLong, mayRewrite, before }: LockSafeWork,
  connection: Connection,
  budgetMs: number,
): Promise<void> {
  await before();
  await connection.query(
    `set statement_timeout = ${isLong ? 0 : metadataTimeoutMs}; set shoofly.may_rewrite = ${onOff(mayRewrite)}`,
  );
  try {
    for (const statement of statements) {
      // CONCURRENTLY waits for old transactions without making anybody wait; an end in mid-work would leave a half-made object.
      const timeout = /\bconcurrently\b/i.test(statement) ? 0 : budgetMs;
      await connection.query(`set lock_timeout = ${timeout}`);
      await connection.query(statement);
    }
  } finally {
    if (!connection.lost) {
      await connection.query("set statement_timeout = 0; set lock_timeout = '200ms'; reset shoofly.may_rewrite");
    }
  }
}

async function begin(connection: Connection, work: LockSafeWork, yielding: readonly string[]): Promise<void> {
  const timeout = work.isLong ? 0 : metadataTimeoutMs;
  await connection.query(
    `begin; set local statement_timeout = ${timeout}; set local idle_in_transaction_session_timeout = '2s';
     set local shoofly.may_rewrite = ${onOff(work.mayRewrite)}`,
  );
  await work.before();
  for (const relation of yielding) await connection.query(makeAutovacuumYield(relation));
}

function onOff(may: boolean): string {
  return may ? "'on'" : "'off'";
}

async function runStatements(connection: Connection, statements: readonly string[], budgetMs: number): Promise<void> {
  const startedAt = performance.now();
  for (const statement of statements) {
    const leftMs = Math.max(lockTimeoutMsMin, Math.round(budgetMs - (performance.now() - startedAt)));
    // Not awaited apart: both travel in one packet, and the locks held meanwhile are held for one round trip less.
    const set = connection.query(`set local lock_timeout = ${leftMs}`);
    const run = connection.query(statement);
    const [, answer] = await Promise.allSettled([set, run]);
    if (answer.status === "rejected") throw answer.reason;
  }
}

/**
 * An autovacuum gives way to a lock request only after the request has waited for `deadlock_timeout`, 1 s by default (manual §25.1.6),
 * longer than any attempt of ours. SHARE UPDATE EXCLUSIVE conflicts with the autovacuum but with no read or write of a client
 * (manual §13.3.1, table 13.2), so this request may wait that long without anybody waiting behind it.
 */
function makeAutovacuumYield(relation: string): string {
  const [schema = "", ...name] = relation.split(".");
  return `set local lock_timeout = '3s'; lock table only ${quoteIdentifier(schema)}.${quoteIdentifier(name.join("."))} in share update exclusive mode`;
}

function isWorthAnotherTry(error: DatabaseError): boolean {
  return ["lock-timeout", "deadlock", "serialization", "canceled"].includes(error.kind);
}

/** Looks who is in the way before each attempt, and keeps in mind since when. */
class HolderWatch {
  readonly #work: LockSafeWork;
  readonly #options: LockSafeOptions;
  readonly #firstSeen = new Map<string, number>();
  #isWaiting = false;

  constructor(work: LockSafeWork, options: LockSafeOptions) {
    this.#work = work;
    this.#options = options;
  }

  /** Returns once no old transaction is in the way; with the tables whose autovacuum has to be made to yield. */
  async wait(attempt: number, until: number): Promise<readonly string[]> {
    for (let looks = 0; ; looks += 1) {
      const holders = await this.#look();
      const old = holders.filter((holder) => holder.ageMs >= freshMs && !holder.isYielding);
      if (old.length === 0)
        return [...new Set(holders.flatMap((holder) => (holder.isYielding ? [holder.relation ?? ""] : [])))];
      if (looks % 4 === 0) await this.#report(attempt, old);
      if (Date.now() > until) throw lockTimeout(old, attempt, this.#options);
      await this.#options.pause(Math.min(pollMs, Math.max(1, until - Date.now())));
    }
  }

  async done(): Promise<void> {
    if (this.#isWaiting) await this.#options.waiting(null);
  }

  /** After a failed attempt everybody who is in the way counts, however fresh. */
  async timeout(failure: DatabaseError, attempt: number): Promise<MigrationError | DatabaseError> {
    if (failure.kind === "canceled") return failure;
    return lockTimeout(await this.#look(), attempt, this.#options);
  }

  async #look(): Promise<LockHolder[]> {
    const now = Date.now();
    const holders = await findLockHolders(this.#options.connection, this.#work.locks, this.#options.ownName);
    return holders.map((holder) => {
      const key = `${holder.pid}/${holder.virtualTransaction}`;
      const seen = this.#firstSeen.get(key) ?? now;
      this.#firstSeen.set(key, seen);
      return { ...holder, ageMs: Math.max(holder.ageMs, now - seen) };
    });
  }

  async #report(attempt: number, holders: readonly LockHolder[]): Promise<void> {
    this.#options.emit({ type: "lock.waited", step: this.#options.step, attempt, blockers: holders.map(blockerOf) });
    const [first] = holders;
    if (this.#isWaiting || first === undefined) return;
    this.#isWaiting = true;
    await this.#options.waiting(`lock on ${first.relation ?? "a table"}: ${describeHolder(first)}`);
  }
}

/** What of a holder is shown to people. */
export function blockerOf({
  pid,
  user,
  application,
  client,
  state,
  ageMs,
  query,
  relation,
  mode,
}: LockHolder): Blocker {
  return { pid, user, application, client, state, ageMs, query, relation, mode };
}

/** `pid 4411 (user web, app "billing", 14 m 20 s, idle in transaction)` */
export function describeHolder(holder: Blocker): string {
  const name = holder.pid === 0 ? holder.application : `pid ${holder.pid}`;
  const facts = [
    holder.user === null ? null : `user ${holder.user}`,
    holder.pid === 0 || holder.application === "" ? null : `app "${holder.application}"`,
    holder.client === null ? null : `host ${holder.client}`,
    `for ${(holder.ageMs / 1_000).toFixed(1)} s`,
    holder.state,
  ].filter((fact) => fact !== null);
  return `${name} (${facts.join(", ")})`;
}

function lockTimeout(holders: readonly LockHolder[], attempts: number, options: LockSafeOptions): MigrationError {
  const who = holders.map((holder) => {
    const query = holder.query === "" ? "" : ` Last statement: ${holder.query}`;
    return `${describeHolder(holder)} holds ${spoken(holder.mode)} on ${holder.relation}.${query}`;
  });
  const blame =
    who.length === 0
      ? "Nobody is in the way at this moment; short transactions followed each other too closely."
      : who.join(" ");
  return new MigrationError("lock-timeout", {
    happened: `Step ${options.step} did not get its lock within ${Math.round(options.budgetMs / 1_000)} s (${attempts} tries). ${blame}`,
    safeNext: [options.again, ...holders.map(endCommand)],
    details: { step: options.step, attempts, blockers: holders.map(blockerOf) },
    sqlstate: "55P03",
  });
}

function endCommand({ pid, prepared }: LockHolder): string {
  return prepared === null
    ? `SELECT pg_terminate_backend(${pid});  -- or wait until its transaction ends`
    : `ROLLBACK PREPARED '${prepared.replaceAll("'", "''")}';  -- or COMMIT PREPARED, by its owner`;
}

/** `AccessShareLock` → `ACCESS SHARE` */
function spoken(mode: string | null): string {
  return (mode ?? "a lock")
    .replace(/Lock$/, "")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toUpperCase();
}
