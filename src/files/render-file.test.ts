// Migrations in TypeScript, YAML and JSON: what they become, and how each kind of mistake is told.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MigrationError } from "../core/error.ts";
import { plan } from "../planner/plan.ts";
import type { PlanInput } from "../planner/plan.ts";
import { discoverFiles } from "./discover.ts";
import { loadTypescript } from "./load-typescript.ts";
import { renderFile } from "./render-file.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shoofly-render-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(ending: string, text: string): NonNullable<ReturnType<typeof discoverFiles>[number]> {
  writeFileSync(join(directory, `20260101000000_a.${ending}`), text);
  const [file] = discoverFiles(directory);
  if (file === undefined) throw new Error("no file");
  return file;
}

async function failureOf(act: () => Promise<unknown>): Promise<MigrationError> {
  const error = await act().then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof MigrationError) return error;
  throw error;
}

const split = `import { defineMigration, splitColumn, sql } from "shoofly";

const separator: string = " ";

export default defineMigration({
  description: "First and last name apart",
  operations: [
    splitColumn({
      table: "users", from: "name", into: { first_name: "text", last_name: "text" },
      up: { first_name: sql\`split_part(name, \${separator}, 1)\`, last_name: sql\`split_part(name, \${separator}, 2)\` },
      down: sql\`concat_ws(' ', first_name,
        last_name)\`,
    }),
  ],
});
`;
const splitSql = `-- First and last name apart

-- shoofly:up split_part(name, ' ' , 1)
ALTER TABLE "users" ADD COLUMN "first_name" text;

-- shoofly:up split_part(name, ' ' , 2)
ALTER TABLE "users" ADD COLUMN "last_name" text;

-- shoofly:down concat_ws(' ', first_name, last_name)
ALTER TABLE "users" DROP COLUMN "name";
`;

test("TypeScript becomes SQL with directives; the checksum is that of the file", async () => {
  const file = write("ts", split);
  const rendered = await renderFile(file);
  expect(rendered.text).toBe(splitSql);
  expect(rendered.checksum).toBe(file.checksum);
  expect(rendered.origins?.map(({ line, label }) => [line, label])).toEqual([
    [1, ""],
    [8, "operation 1 (split-column)"],
  ]);
});

const data = {
  description: "First and last name apart",
  operations: [
    {
      "split-column": {
        table: "users",
        from: "name",
        into: { first_name: "text", last_name: "text" },
        up: { first_name: "split_part(name, ' ' , 1)", last_name: "split_part(name, ' ' , 2)" },
        down: "concat_ws(' ', first_name, last_name)",
      },
    },
  ],
};

test("the same in JSON and YAML", async () => {
  expect((await renderFile(write("json", JSON.stringify(data)))).text).toBe(splitSql);
  rmSync(join(directory, "20260101000000_a.json"));
  const yaml = `description: First and last name apart
operations:
  - split-column:
      table: users
      from: name
      into: { first_name: text, last_name: text }
      up: { first_name: "split_part(name, ' ' , 1)", last_name: "split_part(name, ' ' , 2)" }
      down: |
        concat_ws(' ',
          first_name, last_name)
`;
  expect((await renderFile(write("yaml", yaml))).text).toBe(splitSql);
});

test.each([
  ["throws", "\nthrow new Error('no luck');", /_a\.ts:2:\d+: The import failed: no luck\./],
  ["cannot be compiled", "export default {;", /_a\.ts:1:1: The import failed: /],
  ["misses a module", 'import "./nowhere.ts";', /The import failed: /],
  ["exports nothing", "export const a = 1;", /no default export/],
  ["exports a function", "export default () => 1;", /no default export/],
  ["ends the process", "process.exit(0);", /ended the process/],
])("TypeScript that %s", async (_, text, expected) => {
  const error = await failureOf(async () => await renderFile(write("ts", text)));
  expect(error.code).toBe("file-load-failed");
  expect(error.happened).toMatch(expected);
});

test.each([
  ["loops for ever", "for (;;) {}"],
  ["waits for ever", "await new Promise(() => setInterval(() => undefined, 1000));\nexport default {};"],
])("TypeScript that %s is ended", async (_, text) => {
  const error = await failureOf(async () => await loadTypescript(write("ts", text), 700));
  expect(error.happened).toContain("did not end within 0.7 s");
});

test("a function as up is refused with its reason and place", async () => {
  const text = split.replace(/up: \{[^}]*\}[^}]*\} *,/, "up: (row) => row,").replace(/up: .*/, "up: (row) => row,");
  const error = await failureOf(async () => await renderFile(write("ts", text)));
  expect(error.code).toBe("syntax-error");
  expect(error.happened).toMatch(
    /_a\.ts:8:\d+: operation 1 \(split-column\), up: a function cannot run inside the database/,
  );
});

test.each([
  [
    "an unknown field",
    { "add-column": { table: "t", column: "a", type: "text", nulls: 1 } },
    /nulls.*no field "nulls"/,
  ],
  ["an unknown operation", { "ad-column": {} }, /one key, its name: add-column, /],
  ["two operations in one", { raw: {}, "drop-index": {} }, /one key/],
  ["a second column in a type", { "add-column": { table: "t", column: "a", type: "text, b text" } }, /one type/],
  ["a constraint in a type", { "add-column": { table: "t", column: "a", type: "text UNIQUE" } }, /one type/],
  ["a comment", { "drop-column": { table: "t", column: "a", down: "1 -- shoofly:raw" } }, /comments/],
  ["a way out of an expression", { "update-rows": { table: "t", set: { a: "1), b = (2" } } }, /set\.a: /],
  ["two expressions", { "update-rows": { table: "t", set: { a: "1, 2" } } }, /not one expression/],
  ["two statements", { raw: { statement: "SELECT 1; SELECT 2" } }, /2 statements/],
])("%s is refused at its line", async (_, operation, expected) => {
  const text = JSON.stringify({ description: "d", operations: [operation] }, null, 1);
  const error = await failureOf(async () => await renderFile(write("json", text)));
  expect(error.code).toBe("syntax-error");
  expect(error.happened).toMatch(expected);
  expect(error.details["line"]).toBeGreaterThan(2);
});

test.each([
  ["yaml", "description: a\n  b: [", /:1:14: /],
  ["yaml", "description: &a x\noperations: *b\n", /alias/i],
  ["json", "{ description: 'a' }", /JSON/],
  ["json", '{ "description": "a", "description": "b" }', /unique/i],
])("broken %s: %s", async (ending, text, expected) => {
  const error = await failureOf(async () => await renderFile(write(ending, text)));
  expect(error.code).toBe("syntax-error");
  expect(error.happened).toMatch(expected);
});

test("what the planner refuses is told at the operation, with the SQL it stands for", async () => {
  const rendered = await renderFile(write("ts", split.replace('table: "users"', 'table: "nobody"')));
  const schema = {
    name: "public",
    tables: [],
    otherRelations: [],
    versionViews: [],
    objects: { relations: [], types: [], functions: [] },
    currentVersion: "public",
    usage: [],
  };
  const input = { files: [rendered], schema: { ...schema, owner: "o", searchPath: ["public"] }, facts: {} };
  const error = await failureOf(async () => await plan(input as unknown as PlanInput));
  expect(error.code).toBe("change-refused");
  expect(error.happened).toMatch(/_a\.ts:8:\d+: operation 1 \(split-column\): There is no table nobody/);
  expect(error.happened).toContain('sql | ALTER TABLE "nobody" ADD COLUMN');
  expect(error.details["line"]).toBe(8);
});
