// Our own dump of a schema: every fact of the catalog that SQL can see, one line each, sorted. Two schemas are equal when
// their dumps are equal strings. dump.test.ts proves it against pg_dump.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";

export interface DumpOptions {
  /** Whether the order of a table's columns counts. Default: no, a column that was replaced stands last. */
  readonly columnOrder?: boolean;
  /** Whether the names of NOT NULL constraints count (PostgreSQL 18). Default: no. */
  readonly notNullNames?: boolean;
}

const query = readFileSync(join(import.meta.dirname, "dump.sql"), "utf8");

export async function dumpSchema(
  client: pg.ClientBase,
  schemas: readonly string[],
  options: DumpOptions = {},
): Promise<string> {
  // With an empty path every name in a definition comes qualified; the caller's path is put back.
  const before = await client.query<{ path: string }>("SELECT current_setting('search_path') AS path");
  await client.query("SELECT set_config('search_path', '', false)");
  try {
    const parameters = [schemas, options.columnOrder ?? false, options.notNullNames ?? false];
    const { rows } = await client.query<{ line: string }>(query, parameters);
    return rows.map((row) => `${row.line}\n`).join("");
  } finally {
    await client.query("SELECT set_config('search_path', $1, false)", [before.rows[0]!.path]);
  }
}
