// Constraints that the data breaks: told before anything runs, counted at start, and counted again before a dropped one comes back.
import { describe, expect, test } from "vitest";
import { MigrationError } from "../../src/core/error.ts";
import { type Case, migrationName, planCase, runCase, withConnection } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

const schemaSql = `
  CREATE TABLE customers (id int PRIMARY KEY);
  CREATE TABLE orders (id int PRIMARY KEY, customer int, price int CHECK (price < 1000), note text UNIQUE);
  CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE paid (id int REFERENCES orders);
  INSERT INTO customers SELECT i FROM generate_series(1, 9) AS i;
  INSERT INTO orders SELECT i, i % 9 + 1, i, 'n' || i FROM generate_series(1, 20) AS i;
  INSERT INTO orders VALUES (100, 99, -5, 'x'), (101, 99, -5, 'y');
`;

function caseOf(changeSql: string): Case {
  return { name: migrationName, directory: "", schemaSql, changeSql, naiveSql: changeSql };
}

async function fresh(server: (typeof servers)[number]): Promise<TestDatabase> {
  const database = await createDatabase(server);
  await execute(database, schemaSql);
  return database;
}

async function execute(database: TestDatabase, sql: string): Promise<Record<string, unknown>[]> {
  const client = await database.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function failureOf(work: Promise<unknown>): Promise<MigrationError> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof MigrationError) return failure;
  throw new Error(`no MigrationError but ${String(failure)}`);
}

const refused: readonly { readonly sql: string; readonly says: RegExp }[] = [
  {
    sql: "-- shoofly:enforce now\nALTER TABLE orders ADD CHECK (price > 0)",
    says: /orders_price_check1 of orders does not hold .*"price":-5/,
  },
  { sql: "-- shoofly:enforce now\nALTER TABLE orders ADD UNIQUE (price)", says: /"price":-5,"rows":"2"/ },
  {
    sql: "-- shoofly:enforce now\nALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers",
    says: /"customer":99/,
  },
  { sql: "ALTER TABLE orders ADD CHECK (price > note)", says: /operator does not exist/ },
  { sql: "ALTER TABLE orders ADD CHECK (price > (SELECT 1))", says: /cannot ask another query/ },
  { sql: "ALTER TABLE orders ADD FOREIGN KEY (note) REFERENCES customers", says: /operator does not exist/ },
  {
    sql: "ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES orders (customer)",
    says: /No unique or primary key/,
  },
  { sql: "ALTER TABLE orders ADD EXCLUDE USING btree (id WITH =)", says: /exclusion constraint/ },
  { sql: "ALTER TABLE parts ADD UNIQUE (id, at)", says: /partitioned/ },
  { sql: "ALTER TABLE orders DROP CONSTRAINT orders_pkey CASCADE", says: /CASCADE/ },
  { sql: "ALTER TABLE orders DROP CONSTRAINT orders_pkey", says: /paid_id_fkey/ },
  { sql: "ALTER TABLE orders ADD PRIMARY KEY (note)", says: /has the primary key orders_pkey/ },
  { sql: "ALTER TABLE orders ADD CONSTRAINT orders_price_check CHECK (price > 0)", says: /already/ },
  { sql: "ALTER TABLE orders DROP CONSTRAINT nothing", says: /no constraint nothing/ },
];

describe.each(servers)("constraints on $name", (server) => {
  test("what the rows or the server would refuse is told before anything runs", async () => {
    await using database = await fresh(server);
    for (const { sql, says } of refused) {
      const failure = await failureOf(
        withConnection(database.url, async (connection) => await planCase(connection, caseOf(sql))),
      );
      expect(failure.happened, sql).toMatch(says);
      expect(["change-refused", "expression-invalid"]).toContain(failure.code);
    }
  });

  test("a constraint of the switch counts its violators at start, and holds from complete on", async () => {
    await using database = await fresh(server);
    const each = caseOf("ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0);");
    const failure = await failureOf(runCase(database.url, each, { verb: "start" }));
    expect(failure).toMatchObject({ code: "verification-failed" });
    expect(failure.happened).toMatch(/positive of public.orders holds: 2\..*"price":-5/);
    await execute(database, "UPDATE orders SET price = 5 WHERE price < 0");
    expect((await runCase(database.url, each, { verb: "start" })).state).toBe("ready");
    await execute(database, "INSERT INTO orders VALUES (200, 1, -7, 'z'); DELETE FROM orders WHERE id = 200");
    expect((await runCase(database.url, each, { verb: "complete" })).state).toBe("completed");
    await expect(execute(database, "INSERT INTO orders VALUES (201, 1, -7, 'w')")).rejects.toThrow(/positive/);
  });

  test("rows that came in since stop the way back of a dropped constraint, until they are archived", async () => {
    await using database = await fresh(server);
    const each = caseOf(
      "ALTER TABLE orders DROP CONSTRAINT orders_price_check; ALTER TABLE orders DROP CONSTRAINT orders_note_key;",
    );
    expect((await runCase(database.url, each, { verb: "start" })).state).toBe("ready");
    await execute(database, "INSERT INTO orders VALUES (300, 1, 5000, 'high')");
    expect((await runCase(database.url, each, { verb: "complete" })).state).toBe("completed");
    await execute(database, "INSERT INTO orders VALUES (301, 1, 7, 'n1')");
    const failure = await failureOf(runCase(database.url, each, { verb: "rollback" }));
    expect(failure).toMatchObject({ code: "data-would-be-lost", outcome: "unchanged" });
    expect(failure.happened).toMatch(/1 row of rows of public.orders that orders_price_check would refuse/);
    expect(failure.happened).toMatch(/1 row of rows of public.orders that repeat a value of orders_note_key/);
    expect((await runCase(database.url, each, { verb: "rollback", archive: true })).state).toBe("rolled-back");
    expect(await execute(database, "SELECT id FROM orders WHERE id >= 300")).toEqual([]);
    const kept = await execute(
      database,
      "SELECT relname FROM pg_class WHERE relnamespace = 'shoofly'::regnamespace AND relname LIKE 'archive%' AND relkind = 'r'",
    );
    expect(kept).toHaveLength(2);
    await expect(execute(database, "INSERT INTO orders VALUES (302, 1, 7, 'n1')")).rejects.toThrow(/orders_note_key/);
    await expect(execute(database, "INSERT INTO orders VALUES (303, 1, 5000, 'q')")).rejects.toThrow(/price_check/);
  });
});
