// Random operations of both versions before, between and after every step of a migration, against a twin that is migrated offline.
import type pg from "pg";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/demo/random.ts";
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import { createDatabase, servers } from "../support/database.ts";
import { fixtureMigration, fixtureSchemaSql, fixtureVersionSchema } from "./fixture.ts";
import { migrator, type Migrator } from "./migrate.ts";
import { type Dialect, randomWrite, sqlOf, type Write, type Writer } from "./operation-log.ts";

const seeds = process.env["SHOOFLY_FULL"] === "1" ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2];
const operationsPerStep = 25;

const version = quoteIdentifier(fixtureVersionSchema);
const dialects: Readonly<Record<Writer | "twin", Dialect>> = {
  old: { words: "old", table: "public.products", suppliers: "public.suppliers" },
  new: { words: "new", table: `${version}.products`, suppliers: `${version}.suppliers` },
  twin: { words: "old", table: "twin.products", suppliers: "twin.suppliers" },
};

const journeys: Readonly<Record<string, (run: Migrator, between: () => Promise<void>) => Promise<void>>> = {
  "start, complete, purge": async (run, between) => {
    for (const verb of ["start", "complete", "purge"] as const) await run.run(verb, between);
  },
  "there, back to ready, back to the start, and there again": async (run, between) => {
    await run.run("start", between);
    await run.run("complete", between);
    await run.rollback("ready", between);
    await between();
    await run.rollback("rolled-back", between);
    await between();
    for (const verb of ["start", "complete", "purge"] as const) await run.run(verb, between);
  },
};

describe.each(servers)("an operation log on $name", (server) => {
  describe.each(Object.keys(journeys))("%s", (journey) => {
    test.each(seeds)("seed %i", async (seed) => {
      await using database = await createDatabase(server);
      const client = await database.connect();
      await client.query(fixtureSchemaSql);
      await client.query(twinSql);
      const random = seededRandom(seed);
      const log: string[] = [];

      const between = async (): Promise<void> => {
        const offered = await offeredVersions(client);
        expect(offered).not.toEqual([]);
        for (let count = 0; count < operationsPerStep; count += 1) {
          log.push(await apply(client, randomWrite(random, offered)));
        }
        await expectEqual(client, offered, log);
      };
      await between();
      using migration = await migrator(database.url, fixtureMigration);
      await journeys[journey]?.(migration, between);
      await between();

      // The way of those who can afford a downtime, on the twin.
      await client.query(`SET search_path = twin; ${fixtureMigration.sql.replaceAll("public.", "")}`);
      const columns = "id, price, title, region, qty, supplier_id";
      const both = (one: string, other: string): string =>
        `SELECT '${one}' AS only_in, * FROM (SELECT ${columns} FROM ${one} EXCEPT SELECT ${columns} FROM ${other}) AS d`;
      const { rows } = await client.query(
        `${both("public.products", "twin.products")} UNION ALL ${both("twin.products", "public.products")} ORDER BY id`,
      );
      expect(rows, log.slice(-5).join("\n")).toEqual([]);
    });
  });
});

/** Without the user triggers: the log never writes the quantities they wait for. */
const twinSql = `
  CREATE SCHEMA twin;
  CREATE TABLE twin.suppliers (LIKE public.suppliers INCLUDING ALL);
  CREATE TABLE twin.products (LIKE public.products INCLUDING ALL,
    FOREIGN KEY (supplier_id) REFERENCES twin.suppliers ON DELETE SET NULL ON UPDATE CASCADE);
  INSERT INTO twin.suppliers TABLE public.suppliers;
  INSERT INTO twin.products TABLE public.products;
`;

/** What is there to be written to, asked of the catalog and not guessed from the step. */
async function offeredVersions(client: pg.Client): Promise<Writer[]> {
  const { rows } = await client.query<{ old: boolean; new: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'public.products'::regclass AND attname = 'name') AS old,
            to_regclass($1) IS NOT NULL AS new`,
    [`${version}.products`],
  );
  const offered = rows[0];
  return [...(offered?.old === true ? (["old"] as const) : []), ...(offered?.new === true ? (["new"] as const) : [])];
}

async function apply(client: pg.Client, write: Write): Promise<string> {
  const text = `${write.writer}: ${sqlOf(write, (writer) => dialects[writer]).join("; ")}`;
  for (const say of [(writer: Writer) => dialects[writer], () => dialects.twin]) {
    for (const sql of sqlOf(write, say)) {
      await client.query(sql).catch((cause: unknown) => {
        throw new Error(`${sql}\n(of ${text}): ${(cause as Error).message}`, { cause });
      });
    }
  }
  return text;
}

async function expectEqual(client: pg.Client, offered: readonly Writer[], log: readonly string[]): Promise<void> {
  const twin = "SELECT id, price, name, coalesce(region, 'eu') AS region, qty, supplier_id FROM twin.products";
  const shapes = {
    old: "SELECT id, price, name, coalesce(region, 'eu'), qty, supplier_id FROM public.products",
    new: `SELECT id, (price * 100)::integer, title, region, qty, supplier_id FROM ${version}.products`,
  };
  for (const writer of offered) {
    const { rows } = await client.query(
      `(${twin} EXCEPT ${shapes[writer]}) UNION ALL (${shapes[writer]} EXCEPT ${twin}) ORDER BY 1`,
    );
    expect(rows, `the ${writer} shape after\n${log.slice(-operationsPerStep).join("\n")}`).toEqual([]);
  }
}
