// One connection of the load: sends a statement in the connection's own driver mode and measures how long it had to wait.
import { performance } from "node:perf_hooks";
import pg from "pg";
import { quoteLiteral } from "../sql/identifier.ts";
import { Latency } from "./latency.ts";
import type { LoadShape } from "./load-shape.ts";
import { demoTable } from "./load-shape.ts";

/** How a connection talks to the server. Real applications do all of these. */
export const driverModes = ["named prepared", "extended", "simple"] as const;
export type DriverMode = (typeof driverModes)[number];

export interface SessionOptions {
  readonly url: string;
  readonly shape: LoadShape;
  readonly mode: DriverMode;
  /** Plain table names over `search_path`, or full names. */
  readonly usesSearchPath: boolean;
  readonly applicationName: string;
}

export interface SessionCounts {
  statements: number;
  reads: number;
  writes: number;
}

const connectTimeoutMs = 10_000;

export class Session {
  readonly shape: LoadShape;
  /** The table's name in this connection's statements. */
  readonly table: string;
  readonly latency: Latency = new Latency();
  readonly counts: SessionCounts = { statements: 0, reads: 0, writes: 0 };
  readonly #options: SessionOptions;
  #client: pg.Client | null = null;
  /** When the next statement should have been sent; the time since then counts as wait. */
  #dueAtMs: number | null = null;
  #lastSql = "";

  constructor(options: SessionOptions) {
    this.#options = options;
    this.shape = options.shape;
    this.table = options.usesSearchPath ? demoTable : options.shape.qualified;
  }

  get isConnected(): boolean {
    return this.#client !== null;
  }

  get lastSql(): string {
    return this.#lastSql;
  }

  async connect(): Promise<void> {
    const { url, applicationName } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      types: { getTypeParser: () => (text: unknown) => text },
    });
    client.on("error", () => {
      if (this.#client === client) this.#client = null;
    });
    await client.connect();
    await client.query(`SET search_path = ${this.shape.searchPath}`);
    this.#client = client;
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  /** The schedule's time for what comes next: a connection that is behind has its statements waiting already. */
  startUnit(dueAtMs: number): void {
    this.#dueAtMs = dueAtMs;
  }

  async read(sql: string, values: readonly string[] = []): Promise<string[][]> {
    const rows = await this.#send(sql, values);
    this.counts.reads += 1;
    return rows;
  }

  async write(sql: string, values: readonly (string | null)[] = []): Promise<string[][]> {
    const rows = await this.#send(sql, values);
    this.counts.writes += 1;
    return rows;
  }

  /** BEGIN, COMMIT and the like: a statement, but neither read nor write. */
  async control(sql: string): Promise<void> {
    await this.#send(sql, []);
  }

  async #send(sql: string, values: readonly (string | null)[]): Promise<string[][]> {
    const startedAtMs = this.#dueAtMs ?? performance.now();
    this.#dueAtMs = null;
    this.#lastSql = sql;
    if (this.#client === null) throw new Error("The connection is lost.");
    this.counts.statements += 1;
    try {
      const result = await this.#client.query<string[]>(this.#query(sql, values));
      return result.rows;
    } finally {
      this.latency.add(performance.now() - startedAtMs);
    }
  }

  #query(sql: string, values: readonly (string | null)[]): pg.QueryArrayConfig {
    const { mode } = this.#options;
    if (values.length === 0) return { text: sql, rowMode: "array" };
    if (mode === "simple") return { text: withLiterals(sql, values), rowMode: "array" };
    const config = { text: sql, values: [...values], rowMode: "array" as const };
    return mode === "extended" ? config : { ...config, name: nameOf(sql) };
  }
}

function withLiterals(sql: string, values: readonly (string | null)[]): string {
  return sql.replaceAll(/\$(\d+)/g, (_, position: string) => {
    const value = values[Number(position) - 1] ?? null;
    return value === null ? "NULL" : quoteLiteral(value).trim();
  });
}

const names = new Map<string, string>();

/** One prepared statement per text: the texts are few and fixed. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = `load_${names.size}`;
  names.set(sql, name);
  return name;
}
