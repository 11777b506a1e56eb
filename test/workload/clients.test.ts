// Clients of both versions in every driver mode, all through a migration and back: no statement fails, no value is wrong.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { isPgbouncerSkipped, startPgbouncer } from "../support/pgbouncer.ts";
import type { TestServer } from "../support/servers.ts";
import { type Report, startWorkload, type Workload, type WorkloadOptions } from "./clients.ts";
import { fixtureMigration, fixturePair, fixtureSchemaSql, fixtureVersionSchema } from "./fixture.ts";
import { migrator } from "./migrate.ts";
import type { Version } from "./shapes.ts";

const rows = 3_000;
const phaseMs = 2_500;

describe.each(servers)("clients of both versions on $name", (server) => {
  test("from start to purge, and once back", async () => {
    await using database = await createDatabase(server);
    const seed = 4711;
    const options = await prepare(server, database, seed);
    await using pooler = isPgbouncerSkipped ? null : await startPgbouncer(database.url);
    const start = async (version: Version, isCrossing: boolean): Promise<Workload> =>
      await startWorkload({
        ...options,
        versions: [version],
        isCrossing,
        ...(pooler === null ? {} : { poolerUrl: pooler.url }),
      });
    using migration = await migrator(database.url, fixtureMigration);
    const reports: Report[] = [];

    const old = await start("old", false);
    await sleep(phaseMs / 2);
    await migration.run("start");
    old.setCrossing(true);
    const next = await start("new", true);
    await sleep(phaseMs);
    // The old clients leave, then the table itself changes; the new ones stay.
    next.setCrossing(false);
    reports.push(await old.stop());
    await migration.run("complete");
    await sleep(phaseMs / 2);
    await migration.rollback("ready");
    const again = await start("old", true);
    next.setCrossing(true);
    await sleep(phaseMs);
    again.setCrossing(false);
    reports.push(await next.stop());
    await migration.rollback("rolled-back");
    await sleep(phaseMs / 2);
    await migration.run("start");
    const last = await start("new", false);
    reports.push(await again.stop());
    await migration.run("complete");
    await migration.run("purge");
    await sleep(phaseMs / 2);
    reports.push(await last.stop());

    for (const report of reports) {
      expect(report.failures, `seed ${seed}`).toEqual([]);
      expect(report.failed).toBe(0);
      for (const [mode, statements] of Object.entries(report.statementsByMode))
        expect(statements, mode).toBeGreaterThan(10);
      expect(report.maxWaitMs).toBeLessThan(1_000);
      // One refusal for every change of the table's columns that the connection lived through, none of any other kind.
      expect(report.hazards["base-table-prepared"] ?? 0).toBeLessThanOrEqual(2);
    }
    await expectNewShape(database);
  });

  test("a value that does not reach the other version is noticed", async () => {
    await using database = await createDatabase(server);
    const options = await prepare(server, database, 12);
    using migration = await migrator(database.url, fixtureMigration);
    await migration.run("start");
    const client = await database.connect();
    // What a missing trigger would look like: NOT NULL of the new shape must not hide it behind failing statements.
    await client.query(
      "ALTER TABLE products DISABLE TRIGGER ALL; ALTER TABLE products ALTER COLUMN price SET DEFAULT 700",
    );
    const { rows: checks } = await client.query<{ name: string }>(
      "SELECT conname AS name FROM pg_constraint WHERE conrelid = 'products'::regclass AND contype = 'c'",
    );
    for (const { name } of checks) await client.query(`ALTER TABLE products DROP CONSTRAINT ${quoteIdentifier(name)}`);
    const workload = await startWorkload({
      ...options,
      versions: ["old"],
      isCrossing: true,
      only: ({ mode }) => mode === "path, named",
    });
    await sleep(1_500);
    const report = await workload.stop();
    expect(report.failed).toBeGreaterThan(0);
    expect(report.failures[0]).toMatchObject({ mode: "old: path, named", sqlstate: null });
    expect(report.failures[0]?.message).toContain("through the new version");
  });
});

/** Tables, many rows, and a role per version. */
async function prepare(
  server: TestServer,
  database: TestDatabase,
  seed: number,
): Promise<Omit<WorkloadOptions, "versions" | "isCrossing">> {
  const client = await database.connect();
  await client.query(fixtureSchemaSql);
  await client.query(
    `INSERT INTO products (price, name, region, qty) SELECT n, 'row ' || n, CASE WHEN n % 3 = 0 THEN 'us' END, n % 50 FROM generate_series(1, ${rows}) AS n; ANALYZE`,
  );
  const roles = { old: await database.createRole("LOGIN"), new: await database.createRole("LOGIN") };
  for (const [version, role] of Object.entries(roles)) {
    const path = version === "old" ? "public" : `${quoteIdentifier(fixtureVersionSchema)}, public`;
    await client.query(
      `GRANT USAGE ON SCHEMA public TO ${role}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}; ALTER ROLE ${role} SET search_path = ${path}`,
    );
  }
  await client.end();
  return {
    url: database.url,
    pair: fixturePair,
    major: server.version,
    seed,
    sharedKeys: ["1", "2", "3", "4", ...Array.from({ length: 500 }, (_, index) => String(1000 + index * 3))],
    roleUrls: { old: database.urlAs(roles.old), new: database.urlAs(roles.new) },
  };
}

async function expectNewShape(database: TestDatabase): Promise<void> {
  const client = await database.connect();
  const { rows: columns } = await client.query<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'public.products'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1",
  );
  expect(columns.map(({ name }) => name)).toEqual(["id", "price", "qty", "region", "supplier_id", "title"]);
}
