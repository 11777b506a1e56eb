// Runs statements in a throw-away database and observes them: inside their own transaction, or, where the server refuses
// a transaction block, from a second connection while a third one makes the statement wait.
import { connect, type Connection } from "../dialects/postgres/connect.ts";
import { quoteQualified } from "../sql/identifier.ts";
import {
  compare,
  othersLocksSql,
  ownLocksSql,
  readKnown,
  remember,
  scansSql,
  type Known,
  type KnownRelation,
  type LockedRelation,
  type Observation,
} from "./observe.ts";

/** A statement with parameters, as a fill has them. */
export interface Parametrised {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface TraceOptions {
  /** Whether the statements take effect; otherwise they are rolled back. Default: no. */
  readonly keep?: boolean;
}

/** One database of a throw-away server in which statements are observed. Close it. */
export class Tracer {
  readonly connection: Connection;
  readonly #url: string;
  readonly #messages: string[];
  readonly #used: ReadonlySet<number>;
  #known: Known;

  private constructor(url: string, connection: Connection, messages: string[], known: Known) {
    this.#url = url;
    this.connection = connection;
    this.#messages = messages;
    this.#known = known;
    this.#used = new Set(known.keys());
  }

  /** What was there when the tracer was opened is in use; what statements make later is nobody's yet. */
  static async open(url: string, searchPath?: readonly string[]): Promise<Tracer> {
    const messages: string[] = [];
    const path = searchPath === undefined ? {} : { searchPath };
    const onNotice = (message: string): void => void messages.push(message);
    const connection = await connect(url, { applicationName: "shoofly:trace", ...path, onNotice });
    try {
      // Nobody else is here: what waits, waits for ourselves.
      await connection.query("set lock_timeout = 0; set idle_in_transaction_session_timeout = 0");
      return new Tracer(url, connection, messages, await readKnown(connection));
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Looks again at what is there, after somebody else changed it. */
  async refresh(): Promise<void> {
    this.#known = await readKnown(this.connection);
  }

  /**
   * Statements of one transaction, observed together right before its end.
   * @throws DatabaseError when the server refuses one of them; nothing is left behind
   */
  async transaction(
    statements: readonly (string | Parametrised)[],
    { keep = false }: TraceOptions = {},
  ): Promise<Observation> {
    const { connection } = this;
    this.#messages.length = 0;
    // All in one packet: the server answers in order, and after a failure it refuses the rest up to the rollback.
    const begin = connection.query("begin");
    const scans = connection.query<{ oid: number; scans: number }>(scansSql);
    const work = [
      connection.query("set local client_min_messages = debug1"),
      ...statements.map(async (statement) =>
        typeof statement === "string"
          ? await connection.query(statement)
          : await connection.query(statement.sql, statement.parameters),
      ),
    ];
    const look = connection.query<LockedRelation>(ownLocksSql);
    const answers = await Promise.allSettled([begin, scans, ...work, look]);
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed !== undefined) {
      await connection.query("rollback");
      throw failed.reason;
    }
    await connection.query(keep ? "commit" : "rollback");
    const after = await look;
    const observation = compare({
      before: this.#known,
      scansBefore: new Map((await scans).map((row) => [row.oid, row.scans])),
      after,
      messages: [...this.#messages],
      used: this.#used,
    });
    if (keep) await this.#remember(statements, after);
    return observation;
  }

  async #remember(statements: readonly (string | Parametrised)[], after: readonly LockedRelation[]): Promise<void> {
    // A schema that is renamed takes its relations along without locking them.
    if (statements.some((each) => /\bschema\b/i.test(typeof each === "string" ? each : each.sql))) await this.refresh();
    else remember(this.#known, after);
  }

  /**
   * One statement outside of a transaction; it takes effect. A third session holds what such statements wait for, an old snapshot
   * and locks that it gives back one after the other, so that each of the statement's own transactions is seen waiting.
   */
  async alone(statement: string): Promise<Observation> {
    const before = this.#known;
    const [holder, pinner, watcher] = await Promise.all([this.#connect(), this.#connect(), this.#connect()]);
    const seen: { oid: number; mode: string }[] = [];
    this.#messages.length = 0;
    try {
      const stages = await holdTables({ holder, pinner }, before, statement);
      await this.connection.query("set client_min_messages = debug1");
      const run = { isOver: false };
      const running = this.connection.query(statement).finally(() => (run.isOver = true));
      running.catch(() => undefined);
      const look = async (): Promise<string> => await lookAt(watcher, this.connection.pid, seen);
      let waitsFor = "";
      for (const release of stages) {
        await untilItWaits(run, look, waitsFor);
        waitsFor = await look();
        await release();
      }
      await running;
    } finally {
      await Promise.all([holder.close(), pinner.close(), watcher.close()]);
      await this.connection.query("set client_min_messages = warning");
    }
    await this.refresh();
    return compare({
      before,
      scansBefore: new Map(),
      after: afterAlone(before, this.#known, seen),
      messages: [...this.#messages],
      used: this.#used,
    });
  }

  async #connect(): Promise<Connection> {
    return await connect(this.#url, { applicationName: "shoofly:hold" });
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

/** Traces one statement in a transaction that is rolled back. */
export async function traceStatement(tracer: Tracer, sql: string): Promise<Observation> {
  return await tracer.transaction([sql]);
}

const pollMs = 2;
const settledMs = 60;
const patienceMs = 30_000;

/** Until the statement has ended, waits for something else than before, or has waited for the same thing long enough. */
async function untilItWaits(run: { isOver: boolean }, look: () => Promise<string>, before: string): Promise<void> {
  const startedAt = Date.now();
  while (!run.isOver && Date.now() - startedAt < patienceMs) {
    const waitsFor = await look();
    if (waitsFor !== "" && (waitsFor !== before || Date.now() - startedAt > settledMs)) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Notes the locks that are held or asked for; returns what is being waited for. */
async function lookAt(watcher: Connection, pid: number, seen: { oid: number; mode: string }[]): Promise<string> {
  const locks = watcher.query<{ oid: number; mode: string }>(othersLocksSql, [pid]);
  const waits = watcher.query<{ what: string }>(
    `select concat_ws(' ', locktype, relation, virtualxid, transactionid, mode) as what
     from pg_catalog.pg_locks where pid = $1 and not granted`,
    [pid],
  );
  seen.push(...(await locks));
  return (await waits).map(({ what }) => what).join();
}

type Release = () => Promise<unknown>;

/**
 * Locks the tables of the statement, strongly and less so, and keeps an old snapshot; returns what gives them back in turn. A
 * session of its own pins partitions: DETACH CONCURRENTLY asks for the partition once nobody is left at the partitioned table.
 */
async function holdTables(
  { holder, pinner }: { holder: Connection; pinner: Connection },
  known: Known,
  statement: string,
): Promise<Release[]> {
  const end = (connection: Connection) => async () => await connection.query("rollback");
  await holder.query("begin isolation level repeatable read; select 1 from pg_catalog.pg_class limit 1");
  const tables = tablesToHold(known, statement);
  if (tables.length === 0) return [end(holder)];
  await holder.query(
    `lock table ${listed(tables)} in row exclusive mode;
     savepoint weaker; lock table ${listed(tables)} in share update exclusive mode`,
  );
  const releases: Release[] = [async () => await holder.query("rollback to savepoint weaker"), end(holder)];
  const rows = await pinner.query<{ oid: number }>("select inhrelid::int as oid from pg_catalog.pg_inherits");
  const children = new Set(rows.map(({ oid }) => oid));
  const partitions = tables.filter(({ oid }) => children.has(oid));
  if (partitions.length === 0) return releases;
  await pinner.query(`begin; lock table ${listed(partitions)} in access share mode`);
  return [...releases, end(pinner)];
}

/** The tables that the statement names, or whose index it names; all tables when it names none. */
function tablesToHold(known: Known, statement: string): KnownRelation[] {
  const relations = [...known.values()];
  const isNamed = (name: string): boolean => statement.includes(name.slice(name.indexOf(".") + 1));
  const named = relations.filter(({ name }) => isNamed(name)).map(({ oid, table }) => table ?? oid);
  const tables = relations.filter(({ kind }) => kind === "r" || kind === "p");
  const chosen = tables.filter(({ oid }) => named.includes(oid));
  return chosen.length > 0 ? chosen : tables;
}

function listed(tables: readonly KnownRelation[]): string {
  return tables.map(({ name }) => `only ${quoted(name)}`).join(", ");
}

function quoted(name: string): string {
  const dot = name.indexOf(".");
  return quoteQualified(name.slice(0, dot), name.slice(dot + 1));
}

/** Scans are not counted across transactions; new files are there to see. */
function afterAlone(before: Known, now: Known, seen: readonly { oid: number; mode: string }[]): LockedRelation[] {
  const locked = seen.map(({ oid, mode }) => ({
    oid,
    mode,
    name: null,
    kind: null,
    file: null,
    table: null,
    scans: 0,
  }));
  const changed = [...now.values()].filter((relation) => before.get(relation.oid)?.file !== relation.file);
  return [...locked, ...changed.map((relation) => ({ ...relation, mode: "", scans: 0 }))];
}
