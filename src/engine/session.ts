// What one run of a verb holds open: the lease, the runner's connection, and the signals that end it. Reconnects when a connection breaks.
import { setTimeout as sleep } from "node:timers/promises";
import type { Crash } from "../core/crash-point.ts";
import { MigrationError } from "../core/error.ts";
import type { Emit } from "../core/event.ts";
import type { Verb } from "../core/phase.ts";
import type { Plan } from "../core/plan.ts";
import { backendsOf, endBackends } from "../dialects/postgres/backends.ts";
import { connect, fencedName, type Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import { quoteIdentifier } from "../sql/identifier.ts";
import { Journal } from "./journal.ts";
import { takeLease, type Lease } from "./lease.ts";

export interface SessionOptions {
  readonly url: string;
  /** The word to type to try again. */
  readonly verb: Verb | "verify";
  readonly migration: string;
  readonly emit: Emit;
  readonly crash: Crash;
  /** First Ctrl-C: stop at the next checkpoint. Its reason `SIGTERM` or 143 makes the exit code 143. */
  readonly stop: AbortSignal;
  /** Second Ctrl-C: cancel the running statement. */
  readonly cancel: AbortSignal;
  /** How long a lost connection may stay away. */
  readonly reconnectMs: number;
}

interface AbortRequest {
  readonly by: string;
  readonly reason: string | null;
}

export class Session {
  readonly lease: Lease;
  readonly options: SessionOptions;
  readonly emit: Emit;
  readonly #aborting = new AbortController();
  readonly #ending: AbortSignal;
  readonly #open = new Set<Connection>();
  #connection: Connection;
  #journal: Journal;
  #searchPath: readonly string[] | null = null;

  private constructor(options: SessionOptions, lease: Lease, connection: Connection) {
    this.options = options;
    this.lease = lease;
    this.#connection = connection;
    this.#journal = Journal.on(connection);
    this.#open.add(connection);
    this.emit = quietly(options.emit);
    this.#ending = AbortSignal.any([options.stop, options.cancel, this.#aborting.signal, lease.lost]);
    options.cancel.addEventListener("abort", this.#cancelStatements);
    lease.watch(
      options.migration,
      (verb, by, reason) => this.#control(verb, { by, reason }),
      async () => await this.#cutDead(),
    );
  }

  /** Makes sure that the journal is there and takes the lease. */
  static async open(options: SessionOptions): Promise<Session> {
    const { url } = options;
    const first = await connect(url, { applicationName: "shoofly:install" });
    try {
      await Journal.install(first);
    } finally {
      await first.close();
    }
    const lease = await takeLease({
      url,
      emit: quietly(options.emit),
      crash: options.crash,
      again: `shoofly ${options.verb} ${options.migration}`,
      reconnectMs: options.reconnectMs,
    });
    try {
      const connection = await connect(url, { applicationName: fencedName(lease.fence, "runner") });
      return new Session(options, lease, connection);
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  get connection(): Connection {
    return this.#connection;
  }

  get journal(): Journal {
    return this.#journal;
  }

  /** The journal by way of the lease's connection, for notes while the runner's own connection is busy. */
  get notes(): Journal {
    return Journal.on(this.lease.connection);
  }

  /** All connections of this runner have application names that begin so. */
  get ownName(): string {
    return fencedName(this.lease.fence, "");
  }

  /** From now on every connection has the plan's search_path. */
  async adopt(plan: Plan): Promise<void> {
    this.#searchPath = plan.searchPath;
    await this.#connection.query(`set search_path = ${plan.searchPath.map(quoteIdentifier).join(", ") || "''"}`);
  }

  /** Opens a connection for one role, after ending what an earlier connection in this role may still be doing on the server. */
  async connect(role: string): Promise<Connection> {
    const name = fencedName(this.lease.fence, role);
    const path = this.#searchPath === null ? {} : { searchPath: this.#searchPath };
    const connection = await connect(this.options.url, { applicationName: name, ...path });
    try {
      await endBackends(connection, await backendsOf(connection, name), 10_000);
      await this.#checkFenceValue(connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
    for (const opened of this.#open) if (opened.lost) this.#open.delete(opened);
    this.#open.add(connection);
    return connection;
  }

  /** Opens a connection again and again until it is there or the bound is reached. */
  async reconnect(role: string, cause: unknown): Promise<Connection> {
    const until = Date.now() + this.options.reconnectMs;
    for (let delayMs = 50; ; delayMs = Math.min(2_000, delayMs * 2)) {
      try {
        await this.lease.ensure();
        return await this.connect(role);
      } catch (error) {
        if (!isConnectionLoss(error)) throw error;
        if (Date.now() > until) throw cause;
      }
      this.checkpoint();
      await sleep(delayMs);
    }
  }

  /** After the runner's connection broke: a new one, with the lease still ours. */
  async restore(cause: unknown): Promise<void> {
    this.emit({ type: "connection.lost", detail: cause instanceof Error ? cause.message : String(cause) });
    await this.#connection.close();
    this.#connection = await this.reconnect("runner", cause);
    this.#journal = Journal.on(this.#connection);
    this.emit({ type: "connection.restored" });
  }

  /** A transaction of the runner that only takes effect while the lease is ours. */
  async fenced<T>(work: () => Promise<T>): Promise<T> {
    return await this.#journal.inTransaction(async () => {
      await this.checkFence(this.#connection);
      return await work();
    });
  }

  /** FOR KEY SHARE until the end of the transaction: a take-over, which changes the key, waits for it or ends it (manual §13.3.2). */
  async checkFence(connection: Connection): Promise<void> {
    const rows = await connection.query(`select 1 from shoofly.lease where fence = ${this.lease.fence} for key share`);
    if (rows.length === 0) throw leaseLost();
  }

  async #checkFenceValue(connection: Connection): Promise<void> {
    const rows = await connection.query(`select 1 from shoofly.lease where fence = ${this.lease.fence}`);
    if (rows.length === 0) throw leaseLost();
  }

  /** Throws when the run is to stop. */
  checkpoint(): void {
    this.lease.check();
    if (this.#ending.aborted) throw this.interrupted();
  }

  async pause(ms: number): Promise<void> {
    this.checkpoint();
    await sleep(ms, undefined, { signal: this.#ending }).catch(() => undefined);
    this.checkpoint();
  }

  get isCanceled(): boolean {
    return this.options.cancel.aborted;
  }

  interrupted(): MigrationError {
    const { verb, migration, stop } = this.options;
    const request = this.#aborting.signal.reason as AbortRequest | undefined;
    const isAbort = this.#aborting.signal.aborted && !stop.aborted && !this.isCanceled;
    const who = isAbort
      ? `abort, asked for by ${request?.by}${request?.reason ? `: ${request.reason}` : ""}`
      : "signal";
    const signalCode = stop.reason === 143 || stop.reason === "SIGTERM" ? 143 : 130;
    return new MigrationError("interrupted", {
      happened: `Stopped at a checkpoint (${who}).`,
      databaseNow: "Everything done so far is kept; the journal knows where to go on.",
      safeNext: [
        `shoofly ${verb} ${migration}`,
        ...(verb === "start" || verb === "complete" ? [`shoofly rollback ${migration}`] : []),
      ],
      exitCode: isAbort ? 6 : signalCode,
    });
  }

  async close(): Promise<void> {
    this.options.cancel.removeEventListener("abort", this.#cancelStatements);
    await Promise.all([...this.#open].map(async (connection) => await connection.close()));
    await this.lease.release();
  }

  readonly #cancelStatements = (): void => {
    for (const connection of this.#open) void connection.cancel().catch(() => undefined);
  };

  /**
   * Where one connection broke, others may have lost their server process without a word of it ever arriving here (a server that
   * was restarted behind a firewall): their statements would wait for an answer until the operating system gives up.
   */
  async #cutDead(): Promise<void> {
    const pids = [...this.#open].map((connection) => connection.pid);
    const rows = await this.lease.connection.query<{ pid: number }>(
      "select pid from pg_catalog.pg_stat_activity where pid = any ($1::int[]) and starts_with(application_name, $2)",
      [pids, this.ownName],
    );
    const alive = new Set(rows.map(({ pid }) => pid));
    for (const connection of this.#open) if (!alive.has(connection.pid)) connection.cut();
  }

  #control(verb: string, request: AbortRequest): string {
    if (verb !== "abort") return `${verb} is not known to this runner`;
    this.#aborting.abort(request);
    return "stops at the next checkpoint";
  }
}

export function isConnectionLoss(error: unknown): boolean {
  return error instanceof DatabaseError && (error.kind === "connection-lost" || error.kind === "connection-refused");
}

function leaseLost(): MigrationError {
  return new MigrationError("lease-lost", {
    happened: "Another runner raised the fence: this one may not write any more.",
    safeNext: ["shoofly status"],
  });
}

/** An observer that throws is no reason to stop. */
function quietly(emit: Emit): Emit {
  return (event) => {
    try {
      emit(event);
    } catch {
      // observers may not influence the run
    }
  };
}
