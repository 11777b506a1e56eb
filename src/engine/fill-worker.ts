// One worker of a fill: claims chunks, fills them slice by slice, makes slices smaller when rows are locked, and survives a lost connection.
import { MigrationError } from "../core/error.ts";
import {
  insertChunk,
  markExhausted,
  noteSlice,
  quarantine,
  readFrontier,
  reclaimChunk,
  type Chunk,
} from "../dialects/postgres/chunks.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import { keepUserTriggersStill, mayKeepUserTriggersStill } from "../dialects/postgres/user-triggers.ts";
import type { Bound, Slice } from "../dialects/postgres/walk.ts";
import type { FillJob } from "./fill.ts";
import { patienceAfterRefusal, patienceAfterSuccess, startPatience, type Patience } from "./fill-patience.ts";
import { chunkSize, firstPace, paceAfter, paceAfterRefusal, type Pace } from "./pace.ts";
import { isConnectionLoss, type Session } from "./session.ts";

/**
 * Far below `deadlock_timeout` (1 s by default, manual §20.12): in a deadlock with a client it is always our request that gives up
 * first, before the server looks for a victim, so a client never is one.
 */
const lockTimeoutMs = 50;

export class FillWorker {
  readonly #session: Session;
  readonly #job: FillJob;
  readonly #role: string;
  #pace: Pace = firstPace();
  #connection: Connection | null = null;
  #losses = 0;
  /** Statements that tell the database that this is a fill and no write of the application. */
  #mark = "";
  /** Halves of a slice that failed by its data: joined with others again, they would fail again, for ever. */
  readonly #suspects = new WeakSet<Slice>();

  constructor(session: Session, job: FillJob, role: string) {
    this.#session = session;
    this.#job = job;
    this.#role = role;
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        try {
          await this.#work();
          return;
        } catch (error) {
          if (!isConnectionLoss(error) && this.#connection?.lost !== true) throw error;
          await this.#reconnect(error);
        }
      }
    } finally {
      await this.#connection?.close();
    }
  }

  async #work(): Promise<void> {
    this.#connection ??= await this.#prepare(await this.#session.connect(this.#role));
    for (;;) {
      this.#checkpoint();
      const left = await reclaimChunk(this.#connection, this.#job.name, {
        fence: this.#session.lease.fence,
        worker: this.#role,
      });
      if (left === null) break;
      await this.#fillRest(left);
    }
    for (;;) {
      this.#checkpoint();
      const claimed = await this.#claim();
      if (claimed === null) return;
      this.#job.crash("chunk:after-claim", this.#job.name.step);
      await this.#fill(claimed.chunk, claimed.slices, true);
      this.#losses = 0;
    }
  }

  /** The plan for a slice follows the key range; statistics that are old or missing must not turn it into a scan of the table. */
  async #prepare(connection: Connection): Promise<Connection> {
    await connection.query("set plan_cache_mode = force_custom_plan; set enable_seqscan = off");
    if (this.#job.options.step.mode === "fill") {
      const mayKeepStill = await mayKeepUserTriggersStill(connection);
      this.#mark = `set local shoofly.fill = 'on'; ${mayKeepStill ? `${keepUserTriggersStill};` : ""}`;
    }
    return connection;
  }

  async #reconnect(error: unknown): Promise<void> {
    const lossesMax = 8;
    this.#losses += 1;
    if (this.#losses > lossesMax) throw error;
    await this.#connection?.close();
    this.#connection = null;
    this.#job.emit({
      type: "connection.lost",
      detail: `${this.#role}: ${error instanceof Error ? error.message : String(error)}`,
    });
    this.#connection = await this.#prepare(await this.#session.reconnect(this.#role, error));
    this.#job.emit({ type: "connection.restored" });
  }

  #checkpoint(): void {
    this.#session.checkpoint();
    this.#job.failing.signal.throwIfAborted();
  }

  /** Hands the next part of the way to this worker; null at its end. One index scan finds all borders of its slices. */
  async #claim(): Promise<{ chunk: Chunk; slices: readonly Slice[] } | null> {
    const { name, walk, last, position } = this.#job;
    const connection = this.#opened();
    return await this.#inTransaction(connection, "set local lock_timeout = '5s'", async () => {
      const frontier = await readFrontier(connection, name, true);
      if (frontier === null || frontier.exhausted) return null;
      const { slices, reachesEnd } = await walk.after(connection, frontier.frontier, last, chunkSize(this.#pace));
      const [first, final] = [slices[0], slices.at(-1)];
      if (first === undefined || final === undefined) {
        await markExhausted(connection, name);
        return null;
      }
      const before = frontier.frontier === null ? 0 : await position(connection, frontier.frontier);
      const after = await position(connection, final.upper);
      const chunk = await insertChunk(connection, name, {
        lower: first.lower,
        upper: final.upper,
        share: before === null || after === null ? 0 : Math.max(0, after - before),
        fence: this.#session.lease.fence,
        worker: this.#role,
        reachesEnd,
      });
      return { chunk, slices };
    });
  }

  /** A chunk that was left unfinished: from its cursor on. */
  async #fillRest(chunk: Chunk): Promise<void> {
    const { walk, name, position } = this.#job;
    const connection = this.#opened();
    let { cursor, share } = chunk;
    if (cursor !== null && this.#job.isPlaced) {
      const [from, to] = [await position(connection, chunk.lower), await position(connection, cursor)];
      const done = Math.min(share, Math.max(0, (to ?? 0) - (from ?? 0)));
      share -= done;
      this.#job.noteShare(done);
    }
    for (;;) {
      // Without a cursor the chunk's first row, whose key is its lower bound, is still to do: begin with that row alone.
      const first: Slice = { lower: chunk.lower, upper: chunk.lower, rows: 1 };
      const { slices, reachesEnd } = await walk.after(
        connection,
        cursor ?? chunk.lower,
        chunk.upper,
        chunkSize(this.#pace),
      );
      const todo = cursor === null ? [first, ...slices] : slices;
      if (todo.length === 0) {
        await this.#inTransaction(connection, "", async () => {
          await noteSlice(connection, name, { ...this.#mine(chunk), cursor: chunk.upper, rows: 0, isLast: true });
        });
        return;
      }
      cursor = await this.#fill({ ...chunk, share: reachesEnd ? share : 0 }, todo, reachesEnd);
      if (reachesEnd) return;
    }
  }

  /**
   * Fills the slices in order, as many small ones at once as the pace allows. Returns the last bound that was reached.
   * @param closes the slices are all that is left of the chunk
   */
  async #fill(chunk: Chunk, slices: readonly Slice[], closes: boolean): Promise<Bound> {
    const total = slices.reduce((sum, slice) => sum + slice.rows, 0);
    const queue = [...slices];
    let patience: Patience = startPatience();
    let cursor: Bound = chunk.lower;
    for (;;) {
      this.#checkpoint();
      const slice = await this.#nextSlice(queue);
      if (slice === null) return cursor;
      const isLast = closes && queue.length === 0;
      const share = this.#job.isPlaced ? (chunk.share * slice.rows) / Math.max(1, total) : null;
      const startedAt = performance.now();
      try {
        const rows = await this.#fillSlice(chunk, slice, { isLast, timeoutMs: patience.timeoutMs });
        const elapsedMs = performance.now() - startedAt;
        this.#pace = paceAfter(this.#pace, { rows: slice.rows, elapsedMs });
        this.#job.noteSlice({ rows, share, elapsedMs, sliceRows: slice.rows });
        this.#job.crash("chunk:after-commit", this.#job.name.step);
        patience = await patienceAfterSuccess(this.#job, patience);
        cursor = slice.upper;
      } catch (error) {
        if (!(error instanceof DatabaseError) || this.#opened().lost || isConnectionLoss(error)) throw error;
        patience = await this.#refused(error, { slice, queue, patience });
      }
    }
  }

  /** Takes slices off the queue until the pace is reached; divides one that is larger than that. */
  async #nextSlice(queue: Slice[]): Promise<Slice | null> {
    const first = queue.shift();
    if (first === undefined) return null;
    if (this.#suspects.has(first)) return first;
    let { upper, rows } = first;
    if (rows > this.#pace.sliceRows) {
      const parts = await this.#job.walk.split(this.#opened(), first, this.#pace.sliceRows);
      if (parts === null) return first;
      queue.unshift(parts[1]);
      return parts[0];
    }
    for (let next = queue[0]; next !== undefined && rows + next.rows <= this.#pace.sliceRows; next = queue[0]) {
      if (this.#suspects.has(next)) break;
      upper = next.upper;
      rows += next.rows;
      queue.shift();
    }
    return { lower: first.lower, upper, rows };
  }

  /**
   * One transaction in two round trips: statements that do not depend on each other's answers travel together.
   * The statement's timeout is lifted before COMMIT, which it would cut off from waiting for a synchronous standby.
   */
  async #fillSlice(
    chunk: Chunk,
    slice: Slice,
    { isLast, timeoutMs }: { isLast: boolean; timeoutMs: number },
  ): Promise<number> {
    const { name, options, crash } = this.#job;
    const connection = this.#opened();
    const begun = connection.query(
      `begin; set local lock_timeout = ${lockTimeoutMs}; set local statement_timeout = ${timeoutMs}; ${this.#mark} ${this.#fenceSql()}`,
    );
    const filled = connection.affected(options.sql, [...slice.lower, ...slice.upper], { name: "fill-slice" });
    const lifted = connection.query("set local statement_timeout = 0");
    try {
      const [fence, rows] = await allSettled([begun, filled, lifted]);
      if (fence.length === 0) throw leaseLost();
      await noteSlice(connection, name, { ...this.#mine(chunk), cursor: slice.upper, rows, isLast });
      crash("chunk:before-commit", name.step);
      await connection.query("commit");
      return rows;
    } catch (error) {
      if (!connection.lost) await connection.query("rollback").catch(() => undefined);
      throw error;
    }
  }

  /** What to do about a slice that failed: smaller, later, or not at all. Puts it back to the front of the queue. */
  async #refused(error: DatabaseError, now: { slice: Slice; queue: Slice[]; patience: Patience }): Promise<Patience> {
    const { slice, queue, patience } = now;
    const connection = this.#opened();
    const isData = error.kind === "data" || error.kind === "constraint";
    const isBusy =
      ["lock-timeout", "deadlock", "serialization", "canceled"].includes(error.kind) && !this.#session.isCanceled;
    if (!isData && !isBusy) throw error;
    const parts = await this.#job.walk.split(connection, slice, Math.max(1, Math.floor(slice.rows / 2)));
    if (isData && parts === null) throw await this.#quarantined(error, slice);
    if (parts === null) queue.unshift(slice);
    else queue.unshift(...parts);
    if (isData) {
      for (const part of parts ?? []) this.#suspects.add(part);
      return patience;
    }
    this.#pace = paceAfterRefusal(this.#pace, slice.rows);
    return await patienceAfterRefusal(this.#session, this.#job, {
      patience,
      error,
      connection,
      isSingle: parts === null,
    });
  }

  async #quarantined(error: DatabaseError, slice: Slice): Promise<MigrationError> {
    const { name, walk, options } = this.#job;
    const key = walk.describe(slice.lower);
    const connection = this.#opened();
    await this.#inTransaction(
      connection,
      "",
      async () => await quarantine(connection, name, { key, error: error.message }),
    );
    const table = `${options.table.schema}.${options.table.name}`;
    const detail = error.detail === null ? "" : ` ${error.detail}`;
    return new MigrationError("backfill-failed", {
      happened: `Step ${name.step}: the row ${JSON.stringify(key)} of ${table} cannot be filled: ${error.message}.${detail}`,
      safeNext: [
        `Mend this row of ${table}, or the expression that fills it.`,
        `shoofly ${this.#session.options.verb} ${name.migration}`,
        `shoofly rollback ${name.migration}`,
      ],
      details: { step: name.step, table, key, statement: error.statement },
      ...(error.sqlstate === null ? {} : { sqlstate: error.sqlstate }),
      cause: error,
    });
  }

  #mine(chunk: Chunk): { seq: number; fence: number } {
    return { seq: chunk.seq, fence: this.#session.lease.fence };
  }

  #opened(): Connection {
    if (this.#connection === null) throw new Error("the worker has no connection");
    return this.#connection;
  }

  #fenceSql(): string {
    return `select 1 from shoofly.lease where fence = ${this.#session.lease.fence} for key share`;
  }

  async #inTransaction<T>(connection: Connection, settings: string, work: () => Promise<T>): Promise<T> {
    try {
      const fence = await connection.query(`begin; ${settings}; ${this.#fenceSql()}`);
      if (fence.length === 0) throw leaseLost();
      const result = await work();
      await connection.query("commit");
      return result;
    } catch (error) {
      if (!connection.lost) await connection.query("rollback").catch(() => undefined);
      throw error;
    }
  }
}

/** All answers are awaited even when the first is an error: they are on their way, and nobody else would take them. */
async function allSettled<T extends readonly unknown[]>(sent: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const answers = await Promise.allSettled(sent);
  return answers.map((answer) => {
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  }) as unknown as T;
}

function leaseLost(): MigrationError {
  return new MigrationError("lease-lost", {
    happened: "Another runner raised the fence: this one may not write any more.",
    safeNext: ["shoofly status"],
  });
}
