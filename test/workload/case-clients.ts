// Clients of one version of a case: a fixed list of statements in a loop, every wait timed, every failure kept. The statements come
// from `old.sql` and `new.sql` of the case, else they are derived from the catalog and leave every row as it is.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import type { Case } from "../support/cases.ts";
import type { TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/wait-until.ts";

export type Version = "old" | "new";
type Protocol = "simple" | "extended" | "named";

function fileOf(each: Case, version: Version): string {
  return join(each.directory, `${version}.sql`);
}

/** The author says what the clients send, and that may change rows. */
export function hasOwnStatements(each: Case): boolean {
  return existsSync(fileOf(each, "old")) || existsSync(fileOf(each, "new"));
}

/**
 * @param database where the statements must work: the schema before the change, or the naive result of it
 * @returns what the clients of one version send; a derived statement that even a quiet database refuses is left out
 */
export async function statementsOf(each: Case, version: Version, database: TestDatabase): Promise<readonly string[]> {
  if (existsSync(fileOf(each, version))) {
    const lines = readFileSync(fileOf(each, version), "utf8").split("\n");
    return lines.filter((line) => line.trim() !== "" && !line.startsWith("--"));
  }
  const client = await database.connect();
  try {
    const accepted: string[] = [];
    for (const sql of await derive(client)) if (await isAccepted(client, sql)) accepted.push(sql);
    return accepted;
  } finally {
    await client.end();
  }
}

interface TableFacts {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly isGiven: boolean }[];
  readonly key: readonly string[];
}

/** Columns that the server computes (`GENERATED`) cannot be written. */
const tablesSql = `
  SELECT c.relname AS "table",
    (SELECT json_agg(json_build_object('name', a.attname, 'isGiven', a.attgenerated = '' AND a.attidentity <> 'a') ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    coalesce((SELECT json_agg(a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid = c.oid AND i.indisprimary), '[]') AS key
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`;

async function derive(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<TableFacts>(tablesSql);
  return rows.filter(({ columns }) => columns !== null).flatMap((facts) => statementsFor(facts));
}

function statementsFor({ table, columns, key }: TableFacts): string[] {
  const name = quoteIdentifier(table);
  const list = (names: readonly string[]): string => names.map((each) => quoteIdentifier(each)).join(", ");
  const all = list(columns.map((column) => column.name));
  const statements = [`SELECT ${all} FROM ${name} LIMIT 50`];
  // One row at a time: two clients that change many rows each could wait for one another, and no migration would be to blame.
  const row = key.length > 0 ? list(key) : all;
  const set = columns.find((column) => column.isGiven && !key.includes(column.name));
  if (set !== undefined) {
    const column = quoteIdentifier(set.name);
    statements.push(
      `UPDATE ${name} SET ${column} = ${column} WHERE (${row}) = (SELECT ${row} FROM ${name} OFFSET (random() * 20)::int LIMIT 1)`,
    );
  }
  if (key.length === 0 || columns.some((column) => !column.isGiven)) return statements;
  const copy = `INSERT INTO ${name} (${all}) SELECT ${all} FROM ${name} OFFSET (random() * 20)::int LIMIT 1 ON CONFLICT`;
  statements.push(`${copy} DO NOTHING`);
  if (set !== undefined) {
    const column = quoteIdentifier(set.name);
    statements.push(`${copy} (${row}) DO UPDATE SET ${column} = excluded.${column} RETURNING ${all}`);
  }
  return statements;
}

async function isAccepted(client: pg.Client, sql: string): Promise<boolean> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    return true;
  } catch {
    return false;
  } finally {
    await client.query("ROLLBACK");
  }
}

export interface ClientOptions {
  readonly url: string;
  readonly version: Version;
  /** The schemas that the clients of this version name. */
  readonly searchPath: readonly string[];
  readonly statements: readonly string[];
  /** The plan names `base-table-prepared`, and these clients use the table itself. */
  readonly hasHazard: boolean;
}

export interface CaseFailure {
  readonly client: string;
  readonly sqlstate: string;
  readonly message: string;
  readonly sql: string;
}

/** One connection for each protocol; it stays open while the clients rest. */
export class CaseClients implements AsyncDisposable {
  readonly failures: CaseFailure[] = [];
  hazards = 0;
  slowest: { waitMs: number; sql: string } = { waitMs: 0, sql: "" };
  sent = 0;
  readonly #options: ClientOptions;
  readonly #connections = new Map<Protocol, pg.Client>();
  #rounds: Record<Protocol, number> = { simple: 0, extended: 0, named: 0 };
  #isActive = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get statements(): readonly string[] {
    return this.#options.statements;
  }

  /** Begins, or goes on after a rest; comes back when every client has sent every statement. */
  async resume(): Promise<void> {
    for (const protocol of protocols) if (!this.#connections.has(protocol)) await this.#connect(protocol);
    this.#isActive = true;
    this.#running = Promise.all(protocols.map(async (protocol) => await this.#loop(protocol)));
    await this.round();
  }

  /** Every client sends every statement at least once more. */
  async round(): Promise<void> {
    const before = { ...this.#rounds };
    await waitUntil(
      () => this.failures.length > 0 || protocols.every((protocol) => this.#rounds[protocol] >= before[protocol] + 2),
      30_000,
      `two rounds of the ${this.#options.version} clients`,
    );
  }

  /** Lets every client finish its statement. */
  async rest(): Promise<void> {
    this.#isActive = false;
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rest();
    for (const connection of this.#connections.values()) await connection.end();
  }

  async #connect(protocol: Protocol): Promise<void> {
    const { url, version, searchPath } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      ssl: false,
      application_name: `case ${version} ${protocol}`,
    });
    client.on("error", () => {});
    await client.connect();
    await client.query(`SET search_path = ${searchPath.map((schema) => quoteIdentifier(schema)).join(", ")}`);
    this.#connections.set(protocol, client);
  }

  async #loop(protocol: Protocol): Promise<void> {
    while (this.#isActive && this.failures.length < 5) {
      for (const [index, sql] of this.#options.statements.entries()) {
        if (!this.#isActive) return;
        await this.#send(protocol, sql, index);
        await sleep(2);
      }
      this.#rounds[protocol] += 1;
      await sleep(1);
    }
  }

  async #send(protocol: Protocol, sql: string, index: number): Promise<void> {
    const startedAt = performance.now();
    this.sent += 1;
    try {
      const connection = this.#connections.get(protocol);
      if (protocol === "simple") await connection?.query(sql);
      else await connection?.query({ text: sql, values: [], ...(protocol === "named" ? { name: `s${index}` } : {}) });
    } catch (error) {
      await this.#note(protocol, sql, error as { code?: string; message: string });
    }
    const waitMs = performance.now() - startedAt;
    if (waitMs > this.slowest.waitMs) this.slowest = { waitMs, sql };
  }

  async #note(protocol: Protocol, sql: string, { code, message }: { code?: string; message: string }): Promise<void> {
    if (this.#options.hasHazard && protocol === "named" && message === "cached plan must not change result type") {
      this.hazards += 1;
      await this.#connections.get(protocol)?.end();
      return await this.#connect(protocol);
    }
    this.failures.push({
      client: `${this.#options.version} ${protocol}`,
      sqlstate: code ?? "connection",
      message,
      sql,
    });
  }
}

const protocols: readonly Protocol[] = ["simple", "extended", "named"];
