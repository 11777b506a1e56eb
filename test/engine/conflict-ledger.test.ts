// A value that has no place in the old shape: refused and counted while both versions are offered, kept in the conflict ledger after
// complete, and never lost by a rollback that nobody warned of.
import { expect, describe, test } from "vitest";
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import { migrationName, planCase, withConnection } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import { refusal, run } from "./runs.ts";

const changeSql = `-- Prices get cents.
-- shoofly:down (price * 100)::int
ALTER TABLE products ALTER COLUMN price TYPE numeric(12,2) USING price / 100.0;
`;
/** A hundred times as much is no int. */
const tooMuch = "99999999.99";

describe.each(servers)("on $name", (server) => {
  test("refused while ready, in the ledger after complete, archived on the way back", async () => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    await client.query(
      "CREATE TABLE products (id int PRIMARY KEY, price int); INSERT INTO products SELECT g, g FROM generate_series(1, 100) g",
    );
    const each = { name: migrationName, directory: "", schemaSql: "", changeSql, naiveSql: "" };
    const plan = await withConnection(database.url, async (connection) => await planCase(connection, each));
    expect(plan.hazards.map(({ rule }) => rule)).toContain("down-may-refuse");
    const view = `${quoteIdentifier(plan.versions.new ?? "public")}.products`;
    const write = async (): Promise<unknown> =>
      await client.query(`UPDATE ${view} SET price = ${tooMuch} WHERE id = 7`);

    await run(database.url, "start", plan);
    await expect(write()).rejects.toMatchObject({ code: "22003" });
    await expect(client.query(`INSERT INTO ${view} VALUES (1000, ${tooMuch})`)).rejects.toMatchObject({
      code: "22003",
    });
    expect((await client.query("SELECT last_value::int AS n FROM shoofly.refused_writes")).rows).toEqual([{ n: 2 }]);
    expect((await client.query("SELECT price FROM public.products WHERE id = 7")).rows).toEqual([{ price: 7 }]);

    await run(database.url, "complete", plan);
    await write();
    expect((await client.query(`SELECT price FROM ${view} WHERE id = 7`)).rows).toEqual([{ price: tooMuch }]);
    const { rows } = await client.query<{ relation: string; row: { id: number }; error: string }>(
      "SELECT relation, row, error FROM shoofly.conflicts",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ relation: "public.products", row: { id: 7 } });
    expect(rows[0]?.error).toContain("integer out of range");

    const lost = await refusal(database.url, "rollback", plan);
    expect(lost).toMatchObject({ code: "data-would-be-lost", outcome: "unchanged", exitCode: 4 });
    const kept = await run(database.url, "rollback", plan, { to: "ready", archive: true });
    expect(kept).toMatchObject({ state: "ready", mismatched: 1 });
    // Open conflicts shut the gate of the next complete.
    expect(await refusal(database.url, "complete", plan)).toMatchObject({ code: "gate-closed", exitCode: 4 });
    await run(database.url, "rollback", plan, { archive: true });
    const { rows: archives } = await client.query<{ name: string }>(
      "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'shoofly'::regnamespace AND relname LIKE 'archive%' AND relkind = 'r'",
    );
    const found = await Promise.all(
      archives.map(
        async ({ name }) => (await client.query(`SELECT a::text AS a FROM shoofly.${quoteIdentifier(name)} a`)).rows,
      ),
    );
    expect(JSON.stringify(found)).toContain(tooMuch);
  });
});
