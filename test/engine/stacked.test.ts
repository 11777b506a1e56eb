// A second migration on a table whose first is completed and not purged: both ways back stay open, and nothing is lost on them.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MigrationError } from "../../src/core/error.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { MigrationRecord } from "../../src/core/record.ts";
import { introspect } from "../../src/dialects/postgres/introspect.ts";
import { Journal } from "../../src/engine/journal.ts";
import { plan } from "../../src/planner/plan.ts";
import { runVerb } from "../../src/engine/run.ts";
import { withConnection } from "../support/cases.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { dumpSchema } from "../support/dump.ts";

const first = "20260101000000_cents";
const second = "20260102000000_amount";
const texts: Readonly<Record<string, string>> = {
  [first]: `-- shoofly:down (price * 100)::int
ALTER TABLE items ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;`,
  [second]: `-- shoofly:down price::numeric(10,2)
ALTER TABLE items ALTER COLUMN price TYPE text USING price::text;
ALTER TABLE items RENAME COLUMN price TO amount;`,
};

describe.each(servers)("stacked on $name", (server) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(server);
    await query(`CREATE TABLE items (id int PRIMARY KEY, price int NOT NULL, name text);
      INSERT INTO items SELECT g, g * 50, 'n' || g FROM generate_series(1, 100) g; ANALYZE items`);
  });
  afterEach(async () => await database.drop());

  async function query(sql: string): Promise<Record<string, unknown>[]> {
    const client = await database.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  }

  const dump = async (): Promise<string> => {
    const client = await database.connect();
    const text = await dumpSchema(client, ["public"]);
    await client.end();
    return text;
  };

  async function planOf(name: string): Promise<Plan> {
    return await withConnection(database.url, async (connection) => {
      const records = (await (await Journal.openIfThere(connection))?.migrations()) ?? [];
      const done = records.findLast(({ state }) => state === "completed" || state === "purged");
      const model = await introspect(connection, { schema: "public", currentVersion: done?.versions.new ?? "public" });
      const text = texts[name] ?? "";
      return await plan({ files: [{ name, file: `${name}.sql`, text, checksum: `sha256:${name}` }], ...model });
    });
  }

  async function run(verb: "start" | "complete" | "rollback" | "purge", name: string): Promise<MigrationRecord> {
    return await runVerb({
      url: database.url,
      verb,
      migration: name,
      makePlan: async () => await planOf(name),
      emit: () => undefined,
      stop: new AbortController().signal,
      cancel: new AbortController().signal,
      crash: () => undefined,
      by: "test",
    });
  }

  /** The value that the column retired by the first migration holds for one row. */
  async function retiredPrice(id: number): Promise<unknown> {
    const [column] = await query(
      `SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = 'items'::regclass AND NOT attisdropped
       AND attname LIKE '\\_shoofly\\_%\\_old\\_price' AND atttypid = 'int'::regtype`,
    );
    const [row] = await query(`SELECT ${String(column?.["name"])} AS price FROM items WHERE id = ${id}`);
    return row?.["price"];
  }

  test("the retired shape of the first follows through every state of the second, and both can be taken back", async () => {
    const original = await dump();
    await run("start", first);
    await run("complete", first);
    const between = await dump();
    await run("start", second);
    await query(`UPDATE "public_${first}".items SET price = 7.25 WHERE id = 1`);
    await query(`UPDATE "public_${second}".items SET amount = '8.50' WHERE id = 2`);
    await query(`INSERT INTO "public_${second}".items (id, amount, name) VALUES (200, '9.00', 'new')`);
    expect([await retiredPrice(1), await retiredPrice(2), await retiredPrice(200)]).toEqual([725, 850, 900]);

    expect((await run("complete", second)).state).toBe("completed");
    await query(`UPDATE "public_${second}".items SET amount = '11.00' WHERE id = 3`);
    await query(`INSERT INTO items (id, amount, name) VALUES (201, '12.00', 'base')`);
    expect([await retiredPrice(3), await retiredPrice(201)]).toEqual([1100, 1200]);
    expect(await query("SELECT count(*)::int AS conflicts FROM shoofly.conflicts")).toEqual([{ conflicts: 0 }]);
    await expect(run("rollback", first)).rejects.toThrow(MigrationError);

    await run("rollback", second);
    expect(await dump()).toBe(between);
    await query(`UPDATE "public_${first}".items SET price = 13.00 WHERE id = 4`);
    expect(await retiredPrice(4)).toBe(1300);
    await run("rollback", first);
    expect(await dump()).toBe(original);
    expect(await query("SELECT id, price FROM items WHERE id IN (1, 2, 3, 4, 5, 200, 201) ORDER BY id")).toEqual([
      { id: 1, price: 725 },
      { id: 2, price: 850 },
      { id: 3, price: 1100 },
      { id: 4, price: 1300 },
      { id: 5, price: 250 },
      { id: 200, price: 900 },
      { id: 201, price: 1200 },
    ]);
    expect(await query("SELECT * FROM shoofly.retire_functions")).toEqual([]);
  });

  test("the second cannot be purged before the first, whose retired column it feeds", async () => {
    for (const name of [first, second]) {
      await run("start", name);
      await run("complete", name);
    }
    const refused = await run("purge", second).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "migration-active",
      safeNext: [`shoofly purge ${first}`, `shoofly purge ${second}`],
    });
    await run("purge", first);
    await query(`INSERT INTO items (id, amount, name) VALUES (201, '12.00', 'base')`);
    expect((await run("purge", second)).state).toBe("purged");
    await query(`INSERT INTO items (id, amount, name) VALUES (202, '12.00', 'base')`);
    expect(await query("SELECT count(*)::int AS conflicts FROM shoofly.conflicts")).toEqual([{ conflicts: 0 }]);
    expect(await query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'public\\_%'")).toEqual([
      { nspname: `public_${second}` },
    ]);
  });
});
