// Old and new columns beside each other: which side of a row wins, and what happens when a statement writes both.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type pg from "pg";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { migrator, type Migrator } from "./migrate.ts";

const migration = {
  name: "20261121093000_direct",
  sql: `-- Amounts, and names apart.
-- shoofly:as amount
-- shoofly:down (amount * 100)::integer
ALTER TABLE items ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
-- shoofly:up split_part(name, ' ', 1)
ALTER TABLE items ADD COLUMN first text DEFAULT 'x';
-- shoofly:up split_part(name, ' ', 2)
ALTER TABLE items ADD COLUMN last text;
-- shoofly:down concat_ws(' ', first, last)
ALTER TABLE items DROP COLUMN name;
`,
};

interface Write {
  readonly what: string;
  readonly sql: string;
  /** price, amount, name, first, last */
  readonly row: readonly (number | string | null)[];
  readonly conflicts?: number;
}

const writes: readonly Write[] = [
  {
    what: "the old side alone",
    sql: "INSERT INTO items (id, price, name) VALUES (9, 250, 'a b')",
    row: [250, "2.50", "a b", "a", "b"],
  },
  {
    what: "the new side alone",
    sql: "INSERT INTO items (id, amount, first, last) VALUES (9, 2.5, 'a', 'b')",
    row: [250, "2.50", "a b", "a", "b"],
  },
  { what: "neither: the old default", sql: "INSERT INTO items (id) VALUES (9)", row: [700, "7.00", "n m", "n", "m"] },
  {
    what: "some columns of each side",
    sql: "INSERT INTO items (id, amount, name) VALUES (9, 2.5, 'a b')",
    row: [250, "2.50", "a b", "a", "b"],
  },
  {
    what: "explicit NULL is not given",
    sql: "INSERT INTO items (id, price, amount, name) VALUES (9, 250, NULL, 'a b')",
    row: [250, "2.50", "a b", "a", "b"],
  },
  {
    what: "both sides that agree",
    sql: "INSERT INTO items (id, price, amount, name, first, last) VALUES (9, 250, 2.5, 'a b', 'a', 'b')",
    row: [250, "2.50", "a b", "a", "b"],
  },
  {
    what: "both sides that do not agree: the new one stands, the ledger knows",
    sql: "INSERT INTO items (id, price, amount, name) VALUES (9, 250, 3, 'a b')",
    row: [300, "3.00", "a b", "a", "b"],
    conflicts: 1,
  },
  {
    what: "an UPDATE of the old side",
    sql: "UPDATE items SET price = 5 WHERE id = 1",
    row: [5, "0.05", "f1 l1", "f1", "l1"],
  },
  {
    what: "an UPDATE of the new side",
    sql: "UPDATE items SET last = 'z' WHERE id = 1",
    row: [100, "1.00", "f1 z", "f1", "z"],
  },
  {
    what: "an UPDATE of both that agrees",
    sql: "UPDATE items SET name = 'p q', first = 'p', last = 'q', price = 5, amount = 0.05 WHERE id = 1",
    row: [5, "0.05", "p q", "p", "q"],
  },
  {
    what: "an UPDATE of both that does not agree",
    sql: "UPDATE items SET name = 'p q', first = 'r' WHERE id = 1",
    row: [100, "1.00", "r l1", "r", "l1"],
    conflicts: 1,
  },
  {
    what: "ON CONFLICT from the new side",
    sql: "INSERT INTO items (id, amount, first, last) VALUES (1, 4, 'a', 'b') ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount, last = EXCLUDED.last",
    row: [400, "4.00", "f1 b", "f1", "b"],
  },
];

describe.each(servers)("direct on $name", (server) => {
  let database: TestDatabase;
  let client: pg.Client;
  let run: Migrator;
  beforeAll(async () => {
    database = await createDatabase(server);
    client = await database.connect();
    await client.query(
      `CREATE TABLE items (id int PRIMARY KEY, price int NOT NULL DEFAULT 700, name text DEFAULT 'n m');
       INSERT INTO items SELECT i, i * 100, 'f' || i || ' l' || i FROM generate_series(1, 5) AS i`,
    );
    run = await migrator(database.url, migration, "direct");
    await run.run("start");
  });
  afterAll(async () => {
    run[Symbol.dispose]();
    await client.end();
    await database.drop();
  });

  test.each(writes)("$what", async ({ sql, row, conflicts = 0 }) => {
    await client.query("BEGIN");
    await client.query(sql);
    const found = await client.query({
      text: "SELECT price, amount, name, first, last FROM items WHERE id = $1",
      values: [/\b9\b/.test(sql) ? 9 : 1],
      rowMode: "array",
    });
    const ledger = await client.query<{ count: string }>("SELECT count(*) FROM shoofly.conflicts");
    await client.query("ROLLBACK");
    expect(found.rows).toEqual([row]);
    expect(ledger.rows[0]?.count).toBe(String(conflicts));
  });

  test("a conflict keeps complete waiting; what clients wrote before the fill came by is kept", async () => {
    await client.query("UPDATE items SET price = 1, amount = 7 WHERE id = 2");
    await expect(run.run("complete")).rejects.toMatchObject({ code: "gate-closed" });
    await client.query("DELETE FROM shoofly.conflicts");
    await run.run("complete");
    await run.rollback("rolled-back");
    const { rows } = await client.query({ text: "SELECT id, price, name FROM items ORDER BY id", rowMode: "array" });
    expect(rows.slice(0, 3)).toEqual([
      [1, 100, "f1 l1"],
      [2, 700, "f2 l2"],
      [3, 300, "f3 l3"],
    ]);
    let isWritten = false;
    await run.run("start", async () => {
      const { rows: columns } = await client.query(
        "SELECT FROM pg_attribute WHERE attrelid = 'items'::regclass AND attname = 'amount'",
      );
      if (columns.length === 0 || isWritten) return;
      isWritten = true;
      await client.query("UPDATE items SET amount = 9.99, first = 'early' WHERE id = 3");
    });
    const after = await client.query({
      text: "SELECT price, amount, name, first, last FROM items WHERE id IN (3, 4) ORDER BY id",
      rowMode: "array",
    });
    expect(after.rows).toEqual([
      [999, "9.99", "early", "early", null],
      [400, "4.00", "f4 l4", "f4", "l4"],
    ]);
    await run.run("complete");
    await run.run("purge");
  });
});
