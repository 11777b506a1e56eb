// --shadow at the command line: locks as observed, refusals, and what is said when there can be no shadow.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { cliProject, expectFailure, type CliProject } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const server = servers.find(({ version }) => version === 18);
let database: TestDatabase;
let project: CliProject;

beforeAll(async () => {
  if (server === undefined) throw new Error("PostgreSQL 18 is not among the servers");
  database = await createDatabase(server);
  const client = await database.connect();
  await client.query("create table products (id int primary key, price int not null, note text)");
  await client.end();
  project = cliProject(database.url);
  project.migration(
    "20260101000000_cents",
    "-- Prices get cents.\nALTER TABLE products ALTER COLUMN price TYPE numeric(10, 2);",
  );
});
afterAll(async () => {
  project[Symbol.dispose]();
  await database.drop();
});

test("plan --shadow auto carries observed locks", async () => {
  const { code, document } = await project.json<Plan>(["plan", "cents", "--shadow", "auto"]);
  expect(code).toBe(0);
  const steps = document.steps.filter(({ kind, sql }) => (kind === "ddl" || kind === "backfill") && sql.length > 0);
  expect(new Set(steps.map(({ source }) => source))).toEqual(new Set(["traced"]));
  expect(steps.some(({ locks }) => locks.some(({ mode }) => mode === "ACCESS EXCLUSIVE"))).toBe(true);
  expect(document.hazards.map(({ rule }) => rule)).not.toContain("unproven");
});

test("a server that is lent serves as well, by the configuration too", async () => {
  writeFileSync(join(project.directory, "shoofly.config.json"), JSON.stringify({ shadow: server?.url }));
  const { document } = await project.json<Plan>(["plan", "cents"]);
  expect(document.steps[0]?.source).toBe("traced");
  const off = await project.json<Plan>(["plan", "cents", "--shadow", "off"]);
  expect(off.document.steps[0]?.source).toBe("table");
  writeFileSync(join(project.directory, "shoofly.config.json"), "{}");
});

test("a server of another major, or none at all, is named", async () => {
  const other = servers.find(({ version }) => version !== 18);
  if (other !== undefined) {
    const { document } = await project.json<Plan>(["plan", "cents", "--shadow", other.url]);
    const hazard = document.hazards.find(({ rule }) => rule === "unproven");
    expect(hazard?.message).toContain(`the shadow server is PostgreSQL ${other.version}, the database PostgreSQL 18`);
  }
  expectFailure(
    await project.run(["plan", "cents", "--shadow", "postgres://nobody@127.0.0.1:1/x"]),
    "connection-failed",
    2,
  );
  expectFailure(await project.run(["plan", "cents", "--shadow", "perhaps"]), "usage", 2);
});
