// `verify`: finds rows that differ in both states in which both shapes rest, and mends exactly those when asked.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredError } from "../../src/core/record.ts";
import type { VerifyDocument } from "../../src/documents/history.ts";
import type { StatusDocument } from "../../src/documents/status.ts";
import { cliProject, type CliProject } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const name = "20260101000000_price_cents";
const change = `-- Prices get cents.
-- shoofly:down (price * 100)::int
ALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
`;
const confirmed = (verb: string): string[] => [verb, name, "--confirm", name];

describe.each(servers)("verify on $name", (server) => {
  let database: TestDatabase;
  let project: CliProject;

  beforeEach(async () => {
    database = await createDatabase(server);
    await query(
      "CREATE TABLE products (id int PRIMARY KEY, price int); INSERT INTO products SELECT g, g FROM generate_series(1, 1000) g; ANALYZE products",
    );
    project = cliProject(database.url);
    project.migration(name, change);
    await project.run(["init"]);
    await project.run(["start", name]);
  });
  afterEach(async () => {
    project[Symbol.dispose]();
    await database.drop();
  });

  async function query(sql: string): Promise<Record<string, unknown>[]> {
    const client = await database.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  }

  /** Writes past the sync triggers, as a restored page or a fault of ours would. */
  async function corrupt(assignment: string): Promise<void> {
    await query(
      `ALTER TABLE products DISABLE TRIGGER ALL; UPDATE products SET ${assignment} WHERE id BETWEEN 10 AND 12`,
    );
    const triggers = await query(
      "SELECT tgname AS name FROM pg_trigger WHERE tgrelid = 'products'::regclass AND NOT tgisinternal",
    );
    for (const trigger of triggers)
      await query(`ALTER TABLE products ENABLE ALWAYS TRIGGER "${String(trigger["name"])}"`);
  }

  async function physical(pattern: string): Promise<string> {
    const [row] = await query(
      `SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = 'products'::regclass AND attnum > 0 AND NOT attisdropped AND attname LIKE '${pattern}'`,
    );
    return String(row?.["name"]);
  }

  test("ready: the new shape is mended from the old one, legitimate values of the new version stay", async () => {
    await query(`UPDATE "public_${name}".products SET price = 7.77 WHERE id = 500`);
    expect((await project.json<VerifyDocument>(["verify", name])).document).toMatchObject({
      state: "ready",
      rows: 1000,
      mismatched: 0,
    });
    await corrupt(`${await physical("\\_shoofly\\_%price%")} = 99999`);

    const found = await project.json<VerifyDocument>(["verify", name]);
    expect(found).toMatchObject({ code: 6, document: { mismatched: 3, repaired: false } });
    expect(found.document.checks[0]?.samples).toHaveLength(3);
    expect((await project.run(["verify", name])).stdout).toContain(
      "shoofly verify 20260101000000_price_cents --repair",
    );
    const refused = await project.run(confirmed("complete"));
    expect(refused).toMatchObject({ code: 4, stdout: "" });
    expect(refused.stderr).toContain("gate-closed");

    const mended = await project.json<VerifyDocument>(["verify", name, "--repair"]);
    expect(mended).toMatchObject({ code: 0, document: { mismatched: 0, repaired: true } });
    expect(await query(`SELECT price::text FROM "public_${name}".products WHERE id IN (10, 500) ORDER BY id`)).toEqual([
      { price: "0.10" },
      { price: "7.77" },
    ]);
    expect((await project.run(confirmed("complete"))).code).toBe(0);
  });

  test("completed: the retired shape is mended from the new one, so that a rollback is right", async () => {
    expect((await project.run(confirmed("complete"))).code).toBe(0);
    await corrupt(`${await physical("\\_shoofly\\_%price%")} = 4`);
    expect(await project.json<VerifyDocument>(["verify", name])).toMatchObject({
      code: 6,
      document: { state: "completed", mismatched: 3 },
    });
    expect(await project.json<VerifyDocument>(["verify", name, "--repair"])).toMatchObject({
      code: 0,
      document: { mismatched: 0 },
    });
    expect((await project.run(confirmed("rollback"))).code).toBe(0);
    expect(await query("SELECT price FROM products WHERE id = 11")).toEqual([{ price: 11 }]);
    const { document } = await project.json<StatusDocument>(["status", name]);
    expect(document.migrations[0]?.state).toBe("rolled-back");
  });

  test("a migration that does not rest with both shapes says what to do instead", async () => {
    expect((await project.run(confirmed("rollback"))).code).toBe(0);
    const { code, document } = await project.json<StoredError>(["verify", name]);
    expect({ code, document }).toMatchObject({ code: 4, document: { code: "wrong-state", outcome: "unchanged" } });
  });
});
