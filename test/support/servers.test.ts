// The servers of the run, and the count of those that are missing: a skipped server shows as a skipped test.
import { expect, inject, test } from "vitest";
import { createDatabase, servers } from "./database.ts";

test.each(["postgres-18", "postgres-15"])("%s is tested", async (name) => {
  const server = servers.find((candidate) => candidate.name === name);
  expect(server !== undefined || inject("skippedServers").includes(name)).toBe(true);
});

// oxlint-disable-next-line vitest/no-disabled-tests -- a missing server must show in the count of skipped tests
for (const name of inject("skippedServers")) test.skip(`${name} is not installed (SHOOFLY_SKIP_PG15)`, () => {});

test.each(servers)("a database of $name is empty, its own, and gone with its roles", async (server) => {
  const database = await createDatabase(server);
  const role = await database.createRole();
  const client = await database.connect();
  await client.query(`CREATE TABLE t (id int); GRANT SELECT ON t TO ${role}`);
  const copy = await createDatabase(server);
  const other = await copy.connect();
  expect((await other.query("SELECT to_regclass('t') AS t")).rows).toEqual([{ t: null }]);
  expect((await other.query("SHOW server_version")).rows[0].server_version).toMatch(
    new RegExp(`^${server.version}\\.`),
  );

  await database.drop();
  const left = await other.query(
    "SELECT datname::text AS name FROM pg_database WHERE datname = $1 UNION ALL SELECT rolname::text FROM pg_roles WHERE rolname = $2",
    [database.name, role],
  );
  expect(left.rows).toEqual([]);
  await copy.drop();
});
