// Every scenario, one by one, on a database that a migration has brought to `ready`.
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { fixtureMigration, fixtureSchemaSql } from "./fixture.ts";
import { migrator } from "./migrate.ts";
import { type ExpectedRow, fixtureRows, runScenario, type Scenario } from "./scenario.ts";
import { scenarios } from "./semantics.ts";

describe.each(servers)("both versions on $name", (server) => {
  let database: TestDatabase;
  let client: pg.Client;
  let role: string;

  beforeAll(async () => {
    database = await createDatabase(server);
    client = await database.connect();
    role = await database.createRole("LOGIN");
    await client.query(fixtureSchemaSql);
    await client.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}; GRANT USAGE ON SCHEMA public TO ${role}`,
    );
    using migration = await migrator(database.url, fixtureMigration);
    await migration.run("start");
  });
  afterAll(async () => await database.drop());

  test("the fixture has both shapes", async () => {
    const { rows } = await runScenario(client, { name: "", by: "old", sql: "SELECT 1", rows: {} }, role);
    expect(rows).toEqual(fixtureRows);
  });

  const possible = scenarios.filter(({ since }) => since === undefined || server.version >= since);
  test.each(possible.map((scenario) => [`${scenario.by} version: ${scenario.name}`, scenario] as const))(
    "%s",
    async (_, scenario) => {
      const outcome = await runScenario(client, scenario, role);
      expect({
        sqlstate: outcome.sqlstate,
        message: outcome.sqlstate === (scenario.fails ?? null) ? null : outcome.message,
      }).toEqual({
        sqlstate: scenario.fails ?? null,
        message: null,
      });
      expect(outcome.rows).toEqual(expectedRows(scenario));
      if (scenario.returns !== undefined) expect(outcome.returned).toEqual(scenario.returns);
      if (scenario.copyOut !== undefined) expect(outcome.copied).toBe(scenario.copyOut);
    },
  );
});

function expectedRows(scenario: Scenario): Record<number, ExpectedRow> {
  const changed = Object.entries({ ...fixtureRows, ...scenario.rows });
  return Object.fromEntries(changed.flatMap(([id, row]) => (row === null ? [] : [[id, row]])));
}
