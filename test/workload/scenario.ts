// What a scenario is: one statement of one client on a database in state `ready`, and the rows it must leave in both shapes.
import type pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import { fixtureVersionSchema } from "./fixture.ts";

/** How a client says which version it uses, and how it sends its statement. */
export type Way =
  /** Full names, while `search_path` points somewhere else. */
  | "qualified"
  /** `search_path = version, public` and plain names. */
  | "path"
  /** The version second in a list of quoted names. */
  | "path list"
  /** `search_path` by ALTER ROLE … SET, as a role that is no superuser. */
  | "role";

export type Protocol = "simple" | "extended" | "named";

/** Old price, new price, name and title, old region, new region, quantity, supplier. */
export type ExpectedRow = readonly [
  oldPrice: number,
  newPrice: string,
  label: string | null,
  oldRegion: string | null,
  newRegion: string | null,
  quantity: number,
  supplier: number | null,
];

export interface Scenario {
  readonly name: string;
  /** Whose statement it is; `{t}` is that version's table, `{old}` and `{new}` are both. */
  readonly by: "old" | "new";
  readonly sql: string;
  readonly values?: readonly (string | null)[];
  /** Default: qualified. */
  readonly way?: Way;
  /** Default: extended with values, simple without. */
  readonly protocol?: Protocol;
  /** Lines for COPY … FROM STDIN. */
  readonly copyIn?: string;
  /** What COPY … TO STDOUT must send. */
  readonly copyOut?: string;
  /** Run before by the same session, with the same names. */
  readonly before?: readonly string[];
  /** The first major version that can do this. */
  readonly since?: number;
  /** Rows that differ from the fixture, by identity; null: gone. Identities given by the server start at 1000. */
  readonly rows: Readonly<Record<number, ExpectedRow | null>>;
  /** What the statement must return. */
  readonly returns?: readonly (readonly (string | null)[])[];
  /** It must fail, with this SQLSTATE, and leave nothing. */
  readonly fails?: string;
}

export interface Outcome {
  readonly rows: Record<number, ExpectedRow>;
  readonly returned: (string | null)[][] | null;
  readonly copied: string | null;
  readonly sqlstate: string | null;
  readonly message: string | null;
}

export const fixtureRows: Readonly<Record<number, ExpectedRow>> = {
  1: [100, "1.00", "one", "us", "us", 1, 1],
  2: [250, "2.50", "two", null, "eu", 2, 2],
  3: [999, "9.99", "three", "apac", "apac", 3, null],
  4: [400, "4.00", "four", null, "eu", 4, 1],
};

/** Runs a scenario inside a transaction that is rolled back, so that every one meets the fixture as it was. */
export async function runScenario(client: pg.Client, scenario: Scenario, role: string): Promise<Outcome> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT setval('public.products_id_seq', 1000, false)");
    await client.query(sessionSql(scenario, role));
    for (const sql of scenario.before ?? []) await client.query(namesIn(sql, scenario));
    await client.query("SAVEPOINT statement");
    const answer = await send(client, scenario).catch(async (error: unknown): Promise<Answer> => {
      const { code, message } = error as { code?: string; message: string };
      await client.query("ROLLBACK TO SAVEPOINT statement");
      return { returned: null, copied: null, sqlstate: code ?? "?", message };
    });
    await client.query("RESET ROLE; RESET search_path; SET CONSTRAINTS ALL IMMEDIATE");
    return { ...answer, rows: await readBothShapes(client) };
  } finally {
    await client.query("ROLLBACK");
  }
}

/** The driver remembers every name and refuses another text for it. */
let statementsNamed = 0;

type Answer = Omit<Outcome, "rows">;

function sessionSql(scenario: Scenario, role: string): string {
  const version = quoteIdentifier(fixtureVersionSchema);
  const own = scenario.by === "old" ? "public" : `${version}, public`;
  switch (scenario.way ?? "qualified") {
    case "qualified":
      return `SET LOCAL search_path = ${scenario.by === "old" ? version : "pg_catalog"}`;
    case "path":
      return `SET LOCAL search_path = ${own}`;
    case "path list":
      return `SET LOCAL search_path = "$user", "no such schema", ${own}`;
    case "role":
      return `SET LOCAL ROLE ${quoteIdentifier(role)}; SET LOCAL search_path = ${own}`;
  }
}

function namesIn(sql: string, scenario: Scenario): string {
  const old = "public.products";
  const next = `${quoteIdentifier(fixtureVersionSchema)}.products`;
  const own = scenario.by === "old" ? old : next;
  return sql
    .replaceAll("{t}", (scenario.way ?? "qualified") === "qualified" ? own : "products")
    .replaceAll("{old}", old)
    .replaceAll("{new}", next);
}

async function send(client: pg.Client, scenario: Scenario): Promise<Answer> {
  const text = namesIn(scenario.sql, scenario);
  const done: Answer = { returned: null, copied: null, sqlstate: null, message: null };
  if (scenario.copyIn !== undefined) {
    await pipeline(Readable.from([scenario.copyIn]), client.query(copyFrom(text)));
    return done;
  }
  if (scenario.copyOut !== undefined) {
    const chunks: Buffer[] = [];
    for await (const chunk of client.query(copyTo(text))) chunks.push(chunk as Buffer);
    return { ...done, copied: Buffer.concat(chunks).toString() };
  }
  const protocol = scenario.protocol ?? (scenario.values === undefined ? "simple" : "extended");
  const config: pg.QueryArrayConfig = { text, rowMode: "array", types: textTypes };
  if (protocol !== "simple") config.values = [...(scenario.values ?? [])];
  if (protocol === "named") config.name = `statement_${(statementsNamed += 1)}`;
  const result = await client.query<(string | null)[]>(config);
  const last = (Array.isArray(result) ? (result as pg.QueryArrayResult<(string | null)[]>[]).at(-1) : result) as
    | pg.QueryArrayResult<(string | null)[]>
    | undefined;
  return { ...done, returned: last === undefined || last.fields.length === 0 ? null : last.rows };
}

const textTypes = { getTypeParser: () => (text: unknown) => text } as unknown as pg.CustomTypesConfig;

async function readBothShapes(client: pg.Client): Promise<Record<number, ExpectedRow>> {
  const { rows } = await client.query<[number, ...ExpectedRow]>({
    text: `SELECT coalesce(o.id, n.id)::integer, o.price, n.price, CASE WHEN o.name IS NOT DISTINCT FROM n.title THEN o.name ELSE concat(o.name, '<>', n.title) END,
        o.region, n.region, CASE WHEN o.qty = n.qty THEN o.qty ELSE -1 END, n.supplier_id::integer
      FROM public.products AS o FULL JOIN ${quoteIdentifier(fixtureVersionSchema)}.products AS n ON n.id = o.id ORDER BY 1`,
    rowMode: "array",
  });
  return Object.fromEntries(rows.map(([id, ...row]) => [id, row]));
}
