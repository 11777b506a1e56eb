// Clients of both versions while columns are split, merged and renamed: no statement fails, both shapes are equal, also on the way back.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { type Report, startWorkload, type Workload } from "./clients.ts";
import { migrator } from "./migrate.ts";
import { peopleMigration, peoplePair, peopleSchemaSql } from "./people.ts";
import type { Version } from "./shapes.ts";

const phaseMs = 1_500;

const modes = servers.flatMap((server) => (["views", "direct"] as const).map((mode) => ({ server, mode })));

test.each(modes)("from start to purge, and once back: $mode on $server.name", async ({ server, mode }) => {
  const schema = mode === "direct" ? "public" : `public_${peopleMigration.name}`;
  await using database = await createDatabase(server);
  const client = await database.connect();
  await client.query(peopleSchemaSql);
  await client.end();
  const seed = 815;
  const start = async (version: Version, isCrossing: boolean): Promise<Workload> =>
    await startWorkload({
      url: database.url,
      pair: peoplePair(schema),
      major: server.version,
      seed,
      sharedKeys: Array.from({ length: 200 }, (_, index) => String(1 + index * 7)),
      versions: [version],
      isCrossing,
    });
  using migration = await migrator(database.url, peopleMigration, mode);
  const reports: Report[] = [];
  const old = await start("old", false);
  await migration.run("start");
  old.setCrossing(true);
  const next = await start("new", true);
  await sleep(phaseMs);
  await expectEqual(database, `"${schema}"`);
  next.setCrossing(false);
  reports.push(await old.stop());
  await migration.run("complete");
  await sleep(phaseMs);
  await migration.rollback("ready");
  await expectEqual(database, `"${schema}"`);
  const again = await start("old", true);
  next.setCrossing(true);
  await sleep(phaseMs);
  again.setCrossing(false);
  reports.push(await next.stop());
  await migration.rollback("rolled-back");
  reports.push(await again.stop());
  await migration.run("start");
  const last = await start("new", false);
  await migration.run("complete");
  await migration.run("purge");
  reports.push(await last.stop());
  for (const report of reports) {
    expect(report.failures, `seed ${seed}`).toEqual([]);
    expect(report.statements).toBeGreaterThan(100);
    expect(report.maxWaitMs).toBeLessThan(1_000);
  }
});

/** Every row in both shapes, whoever wrote it. */
async function expectEqual(database: TestDatabase, version: string): Promise<void> {
  const client = await database.connect();
  const { rows } = await client.query(
    `SELECT * FROM public.people AS o FULL JOIN ${version}.people AS n ON n.id = o.id
      WHERE o.name IS DISTINCT FROM n.first_name || ' ' || n.last_name OR n.address IS DISTINCT FROM o.street || ' ' || o.house
        OR o.mail IS DISTINCT FROM n.email LIMIT 5`,
  );
  await client.end();
  expect(rows).toEqual([]);
}
