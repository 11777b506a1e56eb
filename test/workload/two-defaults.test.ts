// A default that changes: each version's rows get their own while both are offered, and the new one alone after complete.
import type pg from "pg";
import { describe, expect, test } from "vitest";
import { migrationName, runCase } from "../support/cases.ts";
import type { Case } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";

const newVersion = `public_${migrationName}`;

function caseOf(schemaSql: string, changeSql: string): Case {
  return { name: "two-defaults", directory: "", schemaSql, changeSql, naiveSql: changeSql };
}

const tableSql = "CREATE TABLE orders (id int PRIMARY KEY, status text DEFAULT 'new', data json DEFAULT '{}')";

async function statusesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ row: string }>(
    "SELECT coalesce(status, '-') || ' ' || coalesce(data::text, '-') AS row FROM public.orders ORDER BY id",
  );
  return rows.map(({ row }) => row);
}

describe.each(servers)("defaults on $name", (server) => {
  test("each version writes its own default side by side", async () => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    try {
      await client.query(tableSql);
      const each = caseOf(
        tableSql,
        "ALTER TABLE orders ALTER status SET DEFAULT 'draft'; ALTER TABLE orders ALTER data DROP DEFAULT;",
      );
      await runCase(database.url, each, { verb: "start" });
      await client.query(`INSERT INTO public.orders (id) VALUES (1)`);
      await client.query(`INSERT INTO ${newVersion}.orders (id) VALUES (2)`);
      await client.query(`INSERT INTO ${newVersion}.orders VALUES (3, 'given', '[]')`);
      await client.query(`INSERT INTO ${newVersion}.orders VALUES (4, DEFAULT, DEFAULT)`);
      await client.query(`UPDATE ${newVersion}.orders SET status = DEFAULT, data = DEFAULT WHERE id = 3`);
      expect(await statusesOf(client)).toEqual(["new {}", "draft -", "draft -", "draft -"]);

      await runCase(database.url, each, { verb: "complete" });
      await client.query(`INSERT INTO public.orders (id) VALUES (5)`);
      await client.query(`INSERT INTO ${newVersion}.orders (id) VALUES (6)`);
      expect((await statusesOf(client)).slice(4)).toEqual(["draft -", "draft -"]);

      await runCase(database.url, each, { verb: "rollback" });
      await client.query(`INSERT INTO public.orders (id) VALUES (7)`);
      expect((await statusesOf(client)).slice(6)).toEqual(["new {}"]);
    } finally {
      await client.end();
    }
  });
});
