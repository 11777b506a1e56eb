// Every row of every table of a schema as sorted text lines: what the catalog dump leaves out.
import type pg from "pg";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../src/sql/identifier.ts";

interface TableColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Table → columns that no two runs fill alike (random identifiers, the time of day). */
export type UnlikeColumns = ReadonlyMap<string, ReadonlySet<string>>;

/** @param leftOut columns to leave out of the lines */
export async function dumpRows(
  client: pg.ClientBase,
  schema: string,
  leftOut: UnlikeColumns = new Map(),
): Promise<string> {
  const lines: string[] = [];
  for (const { table } of await readTables(client, schema)) {
    const hidden = [...(leftOut.get(table) ?? [])].map((column) => quoteLiteral(column)).join(", ");
    const { rows } = await client.query<{ line: string }>(
      `SELECT line COLLATE "C" AS line FROM (SELECT (to_jsonb(t.*) - ARRAY[${hidden}]::text[])::text AS line FROM ${quoteQualified(schema, table)} AS t) AS lines ORDER BY 1`,
    );
    lines.push(`${table}: ${rows.length} rows`, ...rows.map(({ line }) => `  ${line}`));
  }
  return `${lines.join("\n")}\n`;
}

/** Columns whose values differ between two databases that ran the same statements. */
export async function unlikeColumns(one: pg.ClientBase, other: pg.ClientBase, schema: string): Promise<UnlikeColumns> {
  const unlike = new Map<string, ReadonlySet<string>>();
  for (const { table, columns } of await readTables(one, schema)) {
    const digests = columns.map(
      (column) =>
        `md5(string_agg(${quoteIdentifier(column)}::text, ',' ORDER BY ${quoteIdentifier(column)}::text COLLATE "C"))`,
    );
    const sql = `SELECT ARRAY[${digests.join(", ")}]::text[] AS digests FROM ${quoteQualified(schema, table)}`;
    const [first, second] = [await digestsOf(one, sql), await digestsOf(other, sql)];
    const differing = columns.filter((_, index) => first[index] !== second[index]);
    if (differing.length > 0) unlike.set(table, new Set(differing));
  }
  return unlike;
}

async function digestsOf(client: pg.ClientBase, sql: string): Promise<readonly (string | null)[]> {
  const { rows } = await client.query<{ digests: (string | null)[] }>(sql);
  return rows[0]?.digests ?? [];
}

async function readTables(client: pg.ClientBase, schema: string): Promise<TableColumns[]> {
  const { rows } = await client.query<TableColumns>(
    `SELECT c.relname::text AS "table",
        array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname) AS columns
      FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    [quoteIdentifier(schema)],
  );
  return rows;
}
