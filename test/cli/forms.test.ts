// Migrations in TypeScript and YAML on the command line: scaffolded, planned, started to the end, and refused with their place.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import type { LatestDocument, NewDocument } from "../../src/documents/answers.ts";
import type { StatusDocument } from "../../src/documents/status.ts";
import { cliProject, expectFailure, type CliProject } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const [server] = servers;
if (server === undefined) throw new Error("no server");

let database: TestDatabase;
let project: CliProject;

beforeEach(async () => {
  database = await createDatabase(server);
  const client = await database.connect();
  await client.query(
    "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL); INSERT INTO users SELECT g, 'Ann B' || g FROM generate_series(1, 500) g",
  );
  await client.end();
  project = cliProject(database.url);
  await project.run(["init"]);
});

afterEach(async () => {
  project[Symbol.dispose]();
  await database.drop();
});

const split = (table: string): string => `import { addColumn, defineMigration, splitColumn, sql } from "shoofly";

export default defineMigration({
  description: "First and last name apart",
  operations: [
    splitColumn({
      table: "${table}",
      from: "name",
      into: { first_name: "text", last_name: "text" },
      up: { first_name: sql\`split_part(name, \${" "}, 1)\`, last_name: sql\`split_part(name, \${" "}, 2)\` },
      down: sql\`concat_ws(' ', first_name, last_name)\`,
    }),
    addColumn({ table: "${table}", column: "plan", type: "text", default: sql\`\${"it's free"}\`, notNull: true }),
  ],
});
`;

test("TypeScript: scaffold, plan --sql, start, complete; an edit is noticed", async () => {
  const { document: made } = await project.json<NewDocument>(["new", "split name", "--ts"]);
  expect(made.file).toMatch(/migrations\/\d{14}_split_name\.ts$/);
  const path = join(project.directory, made.file);
  expectFailure(await project.run(["plan", made.name]), "syntax-error", 2);
  writeFileSync(path, split("users"));
  const sql = await project.run(["plan", made.name, "--sql"]);
  expect({ code: sql.code, stderr: sql.stderr }).toMatchObject({ code: 0 });
  expect(sql.stdout).toContain(`-- shoofly:down concat_ws(' ', first_name, last_name)`);
  for (const words of [["start"], ["complete", "--confirm", made.name]]) {
    const { code, document } = await project.json<StatusDocument>([words[0] ?? "", made.name, ...words.slice(1)]);
    expect({ code, document }).toMatchObject({ code: 0 });
  }
  const client = await database.connect();
  const { rows } = await client.query(
    `SELECT first_name, last_name, plan FROM "public_${made.name}".users ORDER BY id LIMIT 1`,
  );
  await client.end();
  expect(rows).toEqual([{ first_name: "Ann", last_name: "B1", plan: "it's free" }]);
  writeFileSync(path, `${split("users")}// edited\n`);
  expect((await project.run(["new", "next"])).code).toBe(0);
  expectFailure(await project.run(["plan", "next"]), "checksum-mismatch", 4);
});

test("a refusal of the planner names the line of the builder", async () => {
  const { document: made } = await project.json<NewDocument>(["new", "split name", "--ts"]);
  writeFileSync(join(project.directory, made.file), split("nobody"));
  const outcome = await project.run(["plan", made.name]);
  expectFailure(outcome, "change-refused", 4);
  expect(outcome.stderr.replaceAll(/\s+/g, " ")).toContain(
    `${made.file}:6:5: operation 1 (split-column): There is no table nobody`,
  );
  rmSync(join(project.directory, made.file));
});

test("YAML", async () => {
  const name = "20260101000000_add_plan";
  project.migration(name, "");
  rmSync(join(project.directory, `migrations/${name}.sql`));
  const path = join(project.directory, `migrations/${name}.yaml`);
  const text = "description: A plan.\noperations:\n  - add-column: { table: users, column: plan, type: text }\n";
  writeFileSync(path, text.replace("type:", "typ:"));
  const refused = await project.run(["plan", name]);
  expectFailure(refused, "syntax-error", 2);
  expect(refused.stderr).toContain(`migrations/${name}.yaml:3:47`);
  writeFileSync(path, text);
  const { code } = await project.json<StatusDocument>(["start", "add_plan"]);
  expect(code).toBe(0);
});

test("--versions direct: no version schema, documents say null, latest stays", async () => {
  const name = "20260101000000_full_name";
  project.migration(name, "-- Both names.\nALTER TABLE users RENAME COLUMN name TO full_name;\n");
  expectFailure(await project.run(["plan", name, "--versions", "both"]), "usage", 2);
  const { document: made } = await project.json<Plan>(["plan", name, "--versions", "direct"]);
  expect(made.versions).toEqual({ old: "public", new: null });
  expect((await project.run(["plan", name, "--versions", "direct"])).stdout).toContain("columns beside the old ones");
  writeFileSync(join(project.directory, "shoofly.config.json"), JSON.stringify({ versions: "direct" }));
  for (const [verb = "", state] of [
    ["start", "ready"],
    ["complete", "completed"],
  ]) {
    const words = [verb, name, ...(verb === "start" ? [] : ["--confirm", name])];
    const { code, document } = await project.json<StatusDocument>(words);
    expect({ code, document }).toMatchObject({ code: 0 });
    expect(document.migrations[0]).toMatchObject({ state, versions: { new: null }, problems: [] });
  }
  const { document: latest } = await project.json<LatestDocument>(["latest"]);
  expect(latest).toMatchObject({ version: "public" });
});
