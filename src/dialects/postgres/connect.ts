// A connection to PostgreSQL as shoofly uses it: pinned session settings, lossless values, errors translated once.
import type { Duplex } from "node:stream";
import pg from "pg";
import { quoteIdentifier, quoteLiteral } from "../../sql/identifier.ts";
import { translateError } from "./database-error.ts";

export interface Connection {
  /** Rows of the statement, or of the last one when `sql` holds several (then without parameters). */
  query<R = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<R[]>;
  /** Rows affected by the statement (the last one of several). */
  affected(sql: string, parameters?: readonly unknown[], options?: QueryOptions): Promise<number>;
  /** The server process, asked of the server: behind a pooler the number in the start-up packet is the pooler's. */
  readonly pid: number;
  readonly lost: boolean;
  /** Cancels the running statement from a second connection. */
  cancel(): Promise<void>;
  close(): Promise<void>;
  /** Gives up a connection whose server process is known to be gone: statements that wait for its answer fail at once. */
  cut(): void;
}

export interface QueryOptions {
  /** Prepares the statement under this name once and runs it from then on. */
  readonly name?: string;
}

export interface ConnectOptions {
  readonly applicationName: string;
  readonly searchPath?: readonly string[];
  readonly signal?: AbortSignal;
  /** Gets what the server says beside the answer; how much that is, `client_min_messages` decides. */
  readonly onNotice?: (message: string) => void;
}

const connectTimeoutMs = 10_000;

/**
 * Opens a connection. Statements that are sent without awaiting the one before travel together (pipelining).
 * @throws DatabaseError `connection-refused`
 */
export async function connect(url: string, options: ConnectOptions): Promise<Connection> {
  const secrets = secretsOf(url);
  let client: pg.Client | null = null;
  try {
    options.signal?.throwIfAborted();
    client = new pg.Client(clientConfig(url));
    const opened = await open(client, options);
    return makeConnection(url, client, { ...opened, secrets });
  } catch (error) {
    void client?.end().catch(() => undefined);
    throw translateError(error, { connecting: true, secrets });
  }
}

/** The name that connections of a runner carry: a take-over finds and ends those of an older fence. */
export function fencedName(fence: number, role: string): string {
  return `shoofly:${fence}:${role}`;
}

/** Gives an open connection another application name. */
export async function renameConnection(connection: Connection, applicationName: string): Promise<void> {
  await connection.query(`set application_name = ${quoteLiteral(applicationName)}`);
}

function secretsOf(url: string): string[] {
  const inAuthority = /^[a-z][\w+.-]*:\/\/[^:@/?#]*:(.*)@/i.exec(url)?.[1];
  const inQuery = [...url.matchAll(/(?:ssl)?password=([^&\s]*)/gi)].map((match) => match[1]);
  return [inAuthority, ...inQuery].flatMap((secret) => (secret === undefined ? [] : [secret, decoded(secret)]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Pipelining (pg 8.23): a statement is sent at once instead of waiting in the driver for the answer to the one before. */
type ClientConfig = pg.ClientConfig & { readonly pipeline: true };

function clientConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
    pipeline: true,
  };
}

/**
 * Session settings by SET and not by start-up options, which session poolers refuse.
 * `lock_timeout` bounds every lock request of every statement that does not set its own (manual §20.11.1: client connection defaults);
 * `idle_in_transaction_session_timeout` frees the locks of a runner that was stopped in mid-transaction.
 */
function sessionSettings({ applicationName, searchPath }: ConnectOptions): string {
  const settings = [
    `application_name = ${quoteLiteral(applicationName)}`,
    "lock_timeout = '200ms'",
    "idle_in_transaction_session_timeout = '10s'",
    "statement_timeout = 0",
    "client_min_messages = warning",
    "datestyle = 'ISO'",
    "intervalstyle = 'postgres'",
    "bytea_output = 'hex'",
    "extra_float_digits = 1",
    "timezone = 'UTC'",
    "standard_conforming_strings = on",
    // A stricter default of the role or database would turn every concurrent update into a serialization failure.
    "default_transaction_isolation = 'read committed'",
    "jit = off",
  ];
  if (searchPath !== undefined) {
    settings.push(`search_path = ${searchPath.length === 0 ? "''" : searchPath.map(quoteIdentifier).join(", ")}`);
  }
  return settings.map((setting) => `set ${setting}`).join("; ");
}

async function open(client: pg.Client, options: ConnectOptions): Promise<{ pid: number; isLost: () => boolean }> {
  let lost = false;
  const markLost = (): void => {
    lost = true;
  };
  // Without a listener an idle connection that breaks would end the process.
  client.on("error", markLost);
  client.on("end", markLost);
  client.on("notice", (notice) => options.onNotice?.(notice.message ?? ""));
  const abort = (): void => void client.end().catch(() => undefined);
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    await client.query(sessionSettings(options));
    const answer = await client.query<{ pid: number }>("select pg_catalog.pg_backend_pid() as pid");
    return { pid: answer.rows[0]?.pid ?? 0, isLost: () => lost };
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}

interface Opened {
  readonly pid: number;
  readonly isLost: () => boolean;
  readonly secrets: readonly string[];
}

function makeConnection(url: string, client: pg.Client, { pid, isLost, secrets }: Opened): Connection {
  const send = async (
    sql: string,
    parameters: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<pg.QueryResult> => {
    try {
      const config = { text: sql, values: parameters as unknown[], ...options };
      const answer = (await client.query(config)) as pg.QueryResult | pg.QueryResult[];
      return Array.isArray(answer) ? (answer.at(-1) as pg.QueryResult) : answer;
    } catch (error) {
      throw translateError(error, { statement: sql, lost: isLost(), secrets });
    }
  };
  return {
    query: async <R>(sql: string, parameters?: readonly unknown[], options?: QueryOptions): Promise<R[]> =>
      (await send(sql, parameters, options)).rows as R[],
    affected: async (sql, parameters, options) => (await send(sql, parameters, options)).rowCount ?? 0,
    pid,
    get lost() {
      return isLost();
    },
    cancel: async () => {
      const second = await connect(url, { applicationName: "shoofly:cancel" });
      try {
        await second.query("select pg_catalog.pg_cancel_backend($1)", [pid]);
      } finally {
        await second.close();
      }
    },
    close: async () => {
      await closeClient(client);
    },
    cut: () => void streamOf(client).destroy(),
  };
}

/** Says goodbye; where a statement still runs or the server does not answer, the socket is cut after two seconds. */
async function closeClient(client: pg.Client): Promise<void> {
  const cut = setTimeout(() => streamOf(client).destroy(), 2_000);
  await client.end().catch(() => undefined);
  clearTimeout(cut);
}

function streamOf(client: pg.Client): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream;
}

/** Types whose JavaScript value is exact; everything else, int8, numeric and timestamps included, stays the server's text. */
const exactTypes: ReadonlySet<number> = new Set([
  16, // bool
  21, // int2
  23, // int4
  26, // oid
  114, // json
  700, // float4
  701, // float8
  1000, // bool[]
  1002, // "char"[]
  1003, // name[]
  1005, // int2[]
  1007, // int4[]
  1009, // text[]
  1015, // varchar[]
  3802, // jsonb
]);

function getTypeParser(oid: number, format?: "text" | "binary"): (text: string) => unknown {
  return exactTypes.has(oid)
    ? (pg.types.getTypeParser(oid, format as "text") as (text: string) => unknown)
    : (text) => text;
}
