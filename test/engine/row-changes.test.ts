// Rows changed by a migration: after start they are what the author's SQL makes of them, after rollback what they were.
import { expect, test } from "vitest";
import { readCases, runCase } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

const changing = readCases().filter((each) => /^(delete-rows|insert-rows|update-rows)\//.test(each.name));

async function execute(database: TestDatabase, sql: string): Promise<void> {
  const client = await database.connect();
  await client.query(sql);
  await client.end();
}

/** Every row of every table, as text and without the columns that a migration hides. */
async function rowsOf(database: TestDatabase): Promise<unknown[]> {
  const client = await database.connect();
  const tables = await client.query<{ name: string; columns: string }>(
    `SELECT c.oid::regclass::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname NOT LIKE '\\_shoofly%' GROUP BY c.oid ORDER BY 1`,
  );
  const all: unknown[] = [];
  for (const { name, columns } of tables.rows) {
    const { rows } = await client.query(`SELECT '${name}' AS in, ROW(${columns})::text AS row FROM ${name} ORDER BY 2`);
    all.push(...rows);
  }
  await client.end();
  return all;
}

test.each(
  servers.flatMap((server) => changing.map((each) => ({ server, each, name: `${each.name} on ${server.name}` }))),
)("$name changes the rows that the naive SQL changes, and gives them back", async ({ server, each }) => {
  await using database = await createDatabase(server);
  await execute(database, each.schemaSql);
  await using naive = await createDatabase(server, { template: database.name });
  const before = await rowsOf(database);
  await execute(naive, each.naiveSql);
  await runCase(database.url, each, { verb: "start" });
  await runCase(database.url, each, { verb: "complete" });
  expect(await rowsOf(database)).toEqual(await rowsOf(naive));
  await runCase(database.url, each, { verb: "rollback" });
  expect(await rowsOf(database)).toEqual(before);
});
