// Rates of a target: measured read-only on its largest touched table, assumed where there is nothing to measure.
import { describe, expect, test } from "vitest";
import { assumedRates } from "../../src/core/estimate.ts";
import { calibrate } from "../../src/dialects/postgres/calibrate.ts";
import { introspect } from "../../src/dialects/postgres/introspect.ts";
import { withConnection } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";

describe.each(servers)("calibrate on $name", (server) => {
  test("a table of some size is measured without a trace; small ones and foreign tables are not", async () => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    await client.query(
      "CREATE TABLE big AS SELECT g AS id, repeat('x', 100) AS note FROM generate_series(1, 100000) g; CREATE TABLE small (id int); ANALYZE",
    );
    await withConnection(database.url, async (connection) => {
      const { schema } = await introspect(connection, { schema: "public", currentVersion: "public" });
      const rates = await calibrate(connection, schema, ["public.big", "public.small"]);
      expect(rates.basis).toMatch(/^measured on 1\d MB of public\.big$/);
      expect(rates.scanBytesPerSecond).toBeGreaterThan(5_000_000);
      expect(await calibrate(connection, schema, ["public.small"])).toEqual(assumedRates);
      // The session is as before: it may write, and no transaction is open.
      await connection.query("create table afterwards (id int)");
    });
    expect(
      (
        await client.query(
          "SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'",
        )
      ).rows,
    ).toEqual([{ open: 0 }]);
  });

  test("a role that may not read the table gets the assumed rates", async () => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    await client.query(
      "CREATE TABLE big AS SELECT g AS id, repeat('x', 100) AS note FROM generate_series(1, 100000) g; ANALYZE",
    );
    const role = await database.createRole();
    await withConnection(database.url, async (connection) => {
      const { schema } = await introspect(connection, { schema: "public", currentVersion: "public" });
      await withConnection(database.urlAs(role), async (other) => {
        expect(await calibrate(other, schema, ["public.big"])).toEqual(assumedRates);
      });
    });
  });
});
