// One connection of the workload: every statement is timed, counted under its mode, and kept when it fails.
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { Latency } from "../../src/demo/latency.ts";
import type { Random } from "../../src/demo/random.ts";
import { quoteLiteral } from "../../src/sql/identifier.ts";
import type { BothShapes, Shape, ShapePair, Value, Version } from "./shapes.ts";
import { otherThan, qualifiedName, shapeOf } from "./shapes.ts";

export type Protocol = "simple" | "extended" | "named";

export interface Failure {
  readonly mode: string;
  /** Null when no statement failed but a value came back other than it was written. */
  readonly sqlstate: string | null;
  readonly message: string;
  readonly sql: string;
  /** When, for the comparison with what the migration did then. */
  readonly at: string;
}

export interface ClientOptions {
  readonly mode: string;
  readonly version: Version;
  readonly pair: ShapePair;
  readonly protocol: Protocol;
  readonly url: string;
  /** Sent after connecting; null leaves what the server gives, and names are written in full. */
  readonly searchPath: string | null;
  /** Plain table names instead of full ones. */
  readonly hasPlainNames: boolean;
  readonly random: Random;
  readonly sharedKeys: readonly string[];
  readonly major: number;
  readonly serial: number;
  /** Whether the other version is offered, so that rows can be read through it, too. */
  readonly canCross: () => boolean;
  readonly fail: (failure: Failure) => void;
}

/** A statement failed: already recorded, only to be unwound. */
export class StatementFailed extends Error {}

const textTypes = { getTypeParser: () => (text: unknown) => text } as unknown as pg.CustomTypesConfig;

export class WorkloadClient {
  readonly options: ClientOptions;
  readonly latency: Latency = new Latency();
  /** Rows that only this client writes. */
  readonly own: Map<string, BothShapes> = new Map();
  readonly freed: string[] = [];
  #client: pg.Client | null = null;
  #statements = 0;
  readonly #names = new Map<string, string>();

  constructor(options: ClientOptions) {
    this.options = options;
  }

  get version(): Version {
    return this.options.version;
  }
  get random(): Random {
    return this.options.random;
  }
  get pair(): ShapePair {
    return this.options.pair;
  }
  get shape(): Shape {
    return shapeOf(this.pair, this.version);
  }
  get statements(): number {
    return this.#statements;
  }
  /** This version's table as the client writes it. */
  get table(): string {
    return this.options.hasPlainNames ? this.shape.table : qualifiedName(this.shape);
  }
  get otherTable(): string {
    return qualifiedName(shapeOf(this.pair, otherThan(this.version)));
  }
  /** Key first, then the columns of this version. */
  get columnNames(): string[] {
    return [this.pair.key, ...this.shape.columns.map(({ name }) => name)];
  }

  async connect(): Promise<void> {
    const { url, searchPath, mode, version } = this.options;
    const client = new pg.Client({
      connectionString: url,
      ssl: false,
      application_name: `${version} app, ${mode}`.slice(0, 63),
      types: textTypes,
    });
    client.on("error", () => {
      if (this.#client === client) this.#client = null;
    });
    await client.connect();
    if (searchPath !== null) await client.query(`SET search_path = ${searchPath}`);
    this.#names.clear();
    this.#client = client;
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  /** After a failed statement: out of its transaction, or a new connection. */
  async recover(): Promise<void> {
    if (this.#client === null) await this.connect();
    else await this.#client.query("ROLLBACK");
  }

  /** What a pool does with a connection whose prepared statement is spoilt: every further execution would fail, too. */
  async reconnect(): Promise<void> {
    await this.end();
    await this.connect();
  }

  /** Runs one statement in the client's protocol (or the given one) and returns its rows as texts. */
  async run(
    sql: string,
    values: readonly Value[] = [],
    protocol: Protocol = this.options.protocol,
  ): Promise<Value[][]> {
    return await this.#timed(sql, async (client) => {
      const config: pg.QueryArrayConfig = {
        text: protocol === "simple" ? spelledOut(sql, values) : sql,
        rowMode: "array",
      };
      if (protocol !== "simple") config.values = [...values];
      if (protocol === "named") config.name = this.#nameOf(sql);
      const result: unknown = await client.query(config);
      const last = (Array.isArray(result) ? result.at(-1) : result) as pg.QueryArrayResult<Value[]>;
      return last.rows;
    });
  }

  async copyIn(sql: string, lines: string): Promise<void> {
    await this.#timed(sql, async (client) => await pipeline(Readable.from([lines]), client.query(copyFrom(sql))));
  }

  async copyOut(sql: string): Promise<string> {
    return await this.#timed(sql, async (client) => {
      const chunks: Buffer[] = [];
      for await (const chunk of client.query(copyTo(sql))) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    });
  }

  /** A value came back other than it was written. */
  mismatch(message: string): void {
    this.options.fail({ mode: this.options.mode, sqlstate: null, message, sql: "", at: new Date().toISOString() });
  }

  #nameOf(sql: string): string {
    const known = this.#names.get(sql);
    if (known !== undefined) return known;
    // The server keeps every prepared statement: texts must come from a small set.
    if (this.#names.size >= 500) throw new RangeError(`Mode ${this.options.mode} prepares too many statements.`);
    const name = `workload_${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }

  async #timed<T>(sql: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.#statements += 1;
    try {
      if (this.#client === null) throw new Error("The connection is lost.");
      return await work(this.#client);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      this.options.fail({
        mode: this.options.mode,
        sqlstate: code ?? "connection",
        message,
        sql: sql.slice(0, 500),
        at: new Date().toISOString(),
      });
      throw new StatementFailed(message);
    } finally {
      this.latency.add(performance.now() - startedAt);
    }
  }
}

export function literal(value: Value): string {
  return value === null ? "NULL" : quoteLiteral(value).trim();
}

function spelledOut(sql: string, values: readonly Value[]): string {
  return sql.replaceAll(/\$(\d+)/g, (_, position: string) => literal(values[Number(position) - 1] ?? null));
}
