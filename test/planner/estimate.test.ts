// Estimates: ranges that grow with the table and shrink with the target's rate, disk for what is filled and indexed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assumedRates } from "../../src/core/estimate.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { Facts, Schema } from "../../src/core/schema.ts";
import { introspect } from "../../src/dialects/postgres/introspect.ts";
import { withEstimate } from "../../src/planner/estimate.ts";
import { plan } from "../../src/planner/plan.ts";
import { withConnection } from "../support/cases.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const [server] = servers;
if (server === undefined) throw new Error("no server");

let database: TestDatabase;
let model: { schema: Schema; facts: Facts };
beforeAll(async () => {
  database = await createDatabase(server);
  const client = await database.connect();
  await client.query("CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL)");
  model = await withConnection(
    database.url,
    async (connection) => await introspect(connection, { schema: "public", currentVersion: "public" }),
  );
});
afterAll(async () => await database.drop());

/** The same table with another size. */
function schemaOf(rows: number): Schema {
  const tables = model.schema.tables.map((table) => ({ ...table, rowsEstimate: rows, bytes: rows * 100 }));
  return { ...model.schema, tables };
}

const text = `-- shoofly:down (price * 100)::int
ALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
CREATE INDEX products_price ON products (price);`;

async function planned(rows: number, sql = text): Promise<{ made: Plan; schema: Schema }> {
  const schema = schemaOf(rows);
  const file = { name: "20260101000000_change", file: "change.sql", text: sql, checksum: "sha256:x" };
  return { made: await plan({ files: [file], schema, facts: model.facts }), schema };
}

describe("estimates", () => {
  test("grow with the table, and every range is low to high", async () => {
    const small = (await planned(10_000)).made;
    const large = (await planned(50_000_000)).made;
    for (const made of [small, large]) {
      for (const { estimateMs } of made.steps) expect(estimateMs[0]).toBeLessThanOrEqual(estimateMs[1]);
    }
    expect(small.estimate?.totalMs[1]).toBeLessThan(5_000);
    expect(large.estimate?.totalMs[0]).toBeGreaterThan(60_000);
    expect(large.estimate?.extraDiskBytes[1]).toBeGreaterThan(5_000_000_000);
  });

  test("locks of the catalog stay short whatever the size", async () => {
    const { made } = await planned(50_000_000);
    for (const step of made.steps) {
      if (step.kind === "ddl" && step.locks.some((lock) => lock.blocks === "reads+writes"))
        expect(step.estimateMs[1]).toBeLessThanOrEqual(50);
    }
  });

  test("follow the target's rate and name where it comes from", async () => {
    const { made, schema } = await planned(50_000_000);
    const slow = withEstimate(made, schema, {
      scanBytesPerSecond: 20_000_000,
      basis: "measured on 64 MB of public.products",
    });
    expect(slow.estimate?.totalMs[0]).toBeGreaterThan(2 * (made.estimate?.totalMs[0] ?? 0));
    expect(slow.estimate?.basis.join(" ")).toContain("20 MB/s (measured on 64 MB of public.products)");
    expect(made.estimate?.basis.join(" ")).toContain(assumedRates.basis);
  });
});

describe("deployments", () => {
  test("say which application to deploy at which border, with the author's names", async () => {
    const { made } = await planned(10);
    expect(made.deployments?.map(({ before }) => before)).toEqual(["start", "complete", "purge"]);
    expect(made.deployments?.[1]?.application).toContain("public_20260101000000_change");
    expect(made.deployments?.[1]?.application).toContain("products: price as numeric(10,2)");
  });

  test("are none where no client can tell the difference", async () => {
    const { made } = await planned(10, "CREATE INDEX products_price ON products (price);");
    expect(made.deployments).toEqual([]);
  });
});
