// The lease: one runner per database. An advisory lock says who runs, a rising fence makes a runner that lost it harmless.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Crash } from "../core/crash-point.ts";
import { MigrationError } from "../core/error.ts";
import type { Emit } from "../core/event.ts";
import { connect, fencedName, renameConnection, type Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import { backendsOf, endBackends } from "../dialects/postgres/backends.ts";
import { leaseKey, leaseLockCondition } from "./journal-records.ts";
import { sqlstateOf } from "./failure.ts";

export interface LeaseOptions {
  readonly url: string;
  readonly emit: Emit;
  readonly crash: Crash;
  /** The command that goes on when the run had to end: the lease itself knows no verb. */
  readonly again: string;
  /** How long to wait for a runner that is just ending. */
  readonly waitMs?: number;
  /** A holder that gave no sign of life for so long is ended: its connection is gone, or its process was stopped. */
  readonly staleMs?: number;
  /** How long a lost connection may stay away. */
  readonly reconnectMs?: number;
}

/** A request in the control table, to be answered with what came of it. */
export type OnControl = (verb: string, by: string, reason: string | null) => string;

const heartbeatMs = 5_000;
const controlMs = 1_000;
const endBoundMs = 10_000;
/** An answer that takes longer never comes: the connection is dead without having been closed. */
const silenceMsMax = 15_000;

export class Lease {
  readonly fence: number;
  /** Aborted with a MigrationError as its reason once the lease is lost for good. */
  readonly lost: AbortSignal;
  readonly #options: LeaseOptions;
  readonly #losing = new AbortController();
  readonly #closing = new AbortController();
  #connection: Connection;
  #control: { readonly migration: string; readonly on: OnControl } | null = null;
  #beating: Promise<void> = Promise.resolve();
  #restoring: Promise<void> | null = null;
  #beatAt = 0;
  #onRestored: () => Promise<void> = async () => await Promise.resolve();

  constructor(connection: Connection, fence: number, options: LeaseOptions) {
    this.#connection = connection;
    this.fence = fence;
    this.#options = options;
    this.lost = this.#losing.signal;
  }

  /** Starts the heartbeat and answers control requests of one migration. */
  watch(migration: string, on: OnControl, onRestored: () => Promise<void>): void {
    this.#control = { migration, on };
    this.#onRestored = onRestored;
    this.#beating = this.#beat();
  }

  /** @throws the reason when the lease is lost */
  check(): void {
    this.lost.throwIfAborted();
  }

  /** For short statements beside the runner's own connection. */
  get connection(): Connection {
    return this.#connection;
  }

  /** Asks whether the lease is ours now, and takes it again where only the connection was lost. */
  async ensure(): Promise<void> {
    this.check();
    try {
      if ((await fenceIn(this.#connection)) !== this.fence) throw takenOver();
    } catch (error) {
      await this.#restore(error);
    }
  }

  async release(): Promise<void> {
    this.#closing.abort();
    await this.#beating;
    await this.#connection.close();
  }

  async #beat(): Promise<void> {
    while (!this.#closing.signal.aborted && !this.lost.aborted) {
      try {
        await within(silenceMsMax, this.#tick());
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        await this.#restore(error).catch(() => undefined); // the reason is in `lost`
      }
      await sleep(controlMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  async #tick(): Promise<void> {
    await this.#answerControl();
    if (Date.now() - this.#beatAt < heartbeatMs) return;
    // Changes no column of a unique key, so it does not wait for steps that hold the row FOR KEY SHARE (manual §13.3.2).
    const beaten = await this.#connection.affected(
      "update shoofly.lease set heartbeat_at = clock_timestamp() where fence = $1",
      [this.fence],
    );
    if (beaten === 0) throw takenOver();
    this.#beatAt = Date.now();
  }

  async #answerControl(): Promise<void> {
    if (this.#control === null) return;
    const { migration, on } = this.#control;
    const requests = await this.#connection.query<{ id: string; verb: string; by: string; reason: string | null }>(
      "select id, verb, by, reason from shoofly.control where acked_at is null and migration = $1 order by id limit 100",
      [migration],
    );
    for (const { id, verb, by, reason } of requests) {
      await this.#connection.query(
        "update shoofly.control set acked_at = clock_timestamp(), result = $2 where id = $1",
        [id, on(verb, by, reason)],
      );
    }
  }

  /** The connection broke: the lease is still ours if nobody raised the fence before the lock is taken again. */
  async #restore(error: unknown): Promise<void> {
    if (error instanceof DatabaseError && !isConnectionProblem(error) && !this.#connection.lost) return; // a busy row: next beat
    this.#restoring ??= this.#takeAgain(error).finally(() => {
      this.#restoring = null;
    });
    try {
      await this.#restoring;
    } catch (reason) {
      const final = reason instanceof DatabaseError ? stayedAway(reason, this.#options.again) : reason;
      if (!this.#closing.signal.aborted) this.#losing.abort(final);
      throw final;
    }
  }

  async #takeAgain(error: unknown): Promise<void> {
    if (error instanceof MigrationError) throw error;
    await this.#connection.close();
    const until = Date.now() + (this.#options.reconnectMs ?? 60_000);
    for (let delayMs = 50; ; delayMs = Math.min(2_000, delayMs * 2)) {
      if (await this.#retake(until)) return await this.#onRestored().catch(() => undefined);
      await sleep(delayMs, undefined, { signal: this.#closing.signal });
    }
  }

  async #retake(until: number): Promise<boolean> {
    let connection: Connection | null = null;
    try {
      connection = await connect(this.#options.url, { applicationName: fencedName(this.fence, "lease") });
      await endBackends(connection, await backendsOf(connection, fencedName(this.fence, "lease")), endBoundMs);
      const locked = await tryLock(connection);
      if ((await fenceIn(connection)) !== this.fence) throw takenOver();
      if (!locked) throw new DatabaseError("the lease is still held by another session", { kind: "connection-lost" });
      this.#connection = connection;
      return true;
    } catch (error) {
      await connection?.close();
      if (error instanceof MigrationError || !(error instanceof DatabaseError) || Date.now() > until) throw error;
      return false;
    }
  }
}

/**
 * Takes the lease on a database that has a journal. The lock is tried and never waited for: a session that waits for an
 * advisory lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for all older snapshots, so that the two would wait for
 * each other (manual §13.3.5 and CREATE INDEX, "Building Indexes Concurrently").
 * @throws MigrationError `runner-active`
 */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const connection = await connect(options.url, { applicationName: "shoofly:lease" });
  try {
    await lock(connection, options);
    const { fence, ended } = await raiseFence(connection);
    await connection.query(
      `update shoofly.control set acked_at = clock_timestamp(), result = 'no runner was at work' where acked_at is null`,
    );
    options.crash("lease:after-take");
    options.emit({ type: "lease.taken", fence, endedBackends: ended });
    return new Lease(connection, fence, options);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function lock(connection: Connection, { waitMs = 500, staleMs = 30_000 }: LeaseOptions): Promise<void> {
  const until = Date.now() + waitMs;
  while (!(await tryLock(connection))) {
    const holder = await holderOf(connection);
    if (holder !== null && holder.silentMs > staleMs) {
      await endBackends(connection, [holder.pid], endBoundMs);
      continue;
    }
    if (Date.now() >= until) throw runnerActive(holder);
    await sleep(100);
  }
}

async function tryLock(connection: Connection): Promise<boolean> {
  const [answer] = await connection.query<{ locked: boolean }>(
    `select pg_catalog.pg_try_advisory_lock(${leaseKey}) as locked`,
  );
  return answer?.locked === true;
}

async function fenceIn(connection: Connection): Promise<number> {
  const [lease] = await connection.query<{ fence: string }>("select fence from shoofly.lease");
  return Number(lease?.fence ?? -1);
}

/**
 * Raises the fence and ends what older runners left on the server. Both orders are needed: a left-over step that holds the lease row
 * FOR KEY SHARE keeps the fence from rising, and one that begins before the rise is seen only after it.
 */
async function raiseFence(connection: Connection): Promise<{ fence: number; ended: number }> {
  const until = Date.now() + endBoundMs;
  let ended = 0;
  for (;;) {
    const before = await fenceIn(connection);
    ended += await endOlder(connection, before + 1);
    try {
      const [lease] = await connection.query<{ fence: string }>(
        `update shoofly.lease set fence = fence + 1, host = $1, process = $2, application = $3, taken_at = clock_timestamp(),
           heartbeat_at = clock_timestamp() returning fence`,
        [hostname(), process.pid, "shoofly"],
      );
      const fence = Number(lease?.fence);
      await renameConnection(connection, fencedName(fence, "lease"));
      ended += await endOlder(connection, fence);
      return { fence, ended };
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind !== "lock-timeout" || Date.now() > until) throw error;
    }
  }
}

async function endOlder(connection: Connection, fence: number): Promise<number> {
  const older = await connection.query<{ pid: number }>(
    `select pid from pg_catalog.pg_stat_activity
     where datname = current_database() and pid <> pg_catalog.pg_backend_pid()
       and case when application_name ~ '^shoofly:[0-9]{1,18}:' then split_part(application_name, ':', 2)::bigint < $1 else false end`,
    [fence],
  );
  try {
    await endBackends(
      connection,
      older.map((row) => row.pid),
      endBoundMs,
    );
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind !== "privilege") throw error;
    throw new MigrationError("privilege-missing", {
      happened: `An earlier runner left ${older.length} sessions that this role may not end: ${error.message}.`,
      safeNext: ["GRANT pg_signal_backend TO CURRENT_USER;", "or run as the role that started the migration"],
      ...sqlstateOf(error),
      cause: error,
    });
  }
  return older.length;
}

interface Holder {
  readonly pid: number;
  readonly host: string | null;
  readonly process: number | null;
  readonly ageMs: number;
  readonly silentMs: number;
}

async function holderOf(connection: Connection): Promise<Holder | null> {
  const [holder] = await connection.query<Holder & Record<string, unknown>>(
    `select l.pid, s.host, s.process, coalesce(extract(epoch from clock_timestamp() - s.taken_at) * 1000, 0)::float8 as "ageMs",
       coalesce(extract(epoch from clock_timestamp() - greatest(s.heartbeat_at, a.backend_start)) * 1000, 0)::float8 as "silentMs"
     from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid cross join shoofly.lease s
     where ${leaseLockCondition}`,
  );
  return holder ?? null;
}

function runnerActive(holder: Holder | null): MigrationError {
  const who =
    holder === null
      ? "Another runner"
      : `Another runner (host ${holder.host ?? "unknown"}, process ${holder.process ?? "unknown"}, server process ${holder.pid}, since ${Math.round(holder.ageMs / 1_000)} s)`;
  return new MigrationError("runner-active", {
    happened: `${who} is at work on this database.`,
    safeNext: ["shoofly status --watch", "shoofly abort NAME"],
    doNot: "Do not end its sessions while it works: it goes on or stops by itself.",
    details: { ...holder },
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const ended = new AbortController();
  const silence = sleep(ms, undefined, { ref: false, signal: ended.signal }).then(() => {
    throw new DatabaseError("the server does not answer", { kind: "connection-lost" });
  });
  try {
    await Promise.race([work, silence]);
  } finally {
    ended.abort();
    silence.catch(() => undefined);
  }
}

function takenOver(): MigrationError {
  return new MigrationError("lease-lost", {
    happened: "Another runner took over while this one had no connection.",
    safeNext: ["shoofly status"],
  });
}

function stayedAway(error: DatabaseError, again: string): MigrationError {
  return new MigrationError("connection-lost", {
    happened: `The connection was lost and did not come back: ${error.message}.`,
    safeNext: ["shoofly status", again],
    cause: error,
    ...sqlstateOf(error),
  });
}

function isConnectionProblem(error: DatabaseError): boolean {
  return error.kind === "connection-lost" || error.kind === "connection-refused";
}
