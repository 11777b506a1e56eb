// What compiles and what does not, by the compiler itself: each line of a migration, and the words it has to be refused with.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderMigration } from "./render-migration.ts";
import { addColumn, defineMigration, splitColumn } from "./index.ts";
import { sql } from "./sql.ts";
import { loadParser } from "../dialects/postgres/parse.ts";

const root = join(import.meta.dirname, "../..");

const right = [
  'addColumn({ table: "t", column: "a", type: "text", default: sql`${"x"}`, notNull: true })',
  'splitColumn({ table: "t", from: "n", into: { a: "text", b: "text" }, up: { a: sql`n`, b: sql`n` }, down: sql`a` })',
  'mergeColumns({ table: "t", from: ["a", "b"], into: "n", type: "text", up: sql`a || b`, down: { a: sql`n`, b: sql`n` } })',
  'createIndex({ table: "t", index: "i", on: ["a", { expression: sql`lower(b)` }], using: "gin" })',
];
const wrong: readonly (readonly [line: string, words: string])[] = [
  ['addColumn({ table: "t", column: "a", typ: "text" })', "'typ' does not exist"],
  ['addColumn({ table: "t", column: "a" })', "'type' is missing"],
  ['addColumn({ table: "t", column: "a", type: 5 })', "not assignable to type 'string'"],
  ['addColumn({ table: "t", column: "a", type: "text", up: "old" })', "not assignable to type 'Sql'"],
  ['dropColumn({ table: "t", column: "a", down: () => 1 })', "not assignable to type 'Sql'"],
  [
    'splitColumn({ table: "t", from: "n", into: { a: "text" }, up: { b: sql`n` }, down: sql`a` })',
    "'b' does not exist",
  ],
  [
    'splitColumn({ table: "t", from: "n", into: { a: "text", b: "text" }, up: { a: sql`n` }, down: sql`a` })',
    "'b' is missing",
  ],
  [
    'mergeColumns({ table: "t", from: ["a", "b"], into: "n", type: "text", up: sql`a`, down: { c: sql`n` } })',
    "'c' does not exist",
  ],
  ['createIndex({ table: "t", index: "i", on: ["a"], using: "tree" })', "not assignable to type"],
  ['updateRows({ table: "t", set: { a: sql`${undefined}` } })', "not assignable to parameter of type"],
];

let directory = "";
beforeAll(async () => {
  await loadParser();
  directory = mkdtempSync(join(root, "node_modules/.types-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("wrong types and unknown fields do not compile", () => {
  const lines = [...right, ...wrong.map(([line]) => line)];
  const names = "addColumn, createIndex, dropColumn, mergeColumns, splitColumn, sql, updateRows";
  const head = [
    `import { defineMigration, ${names} } from "${join(root, "src/define/index.ts")}";`,
    "export default [defineMigration];",
  ];
  writeFileSync(join(directory, "a.ts"), [...head, ...lines.map((line) => `${line};`)].join("\n"));
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { allowImportingTsExtensions: true },
      include: ["a.ts"],
    }),
  );
  const output = compile();
  const errors = new Map(
    [...output.matchAll(/a\.ts\((\d+),\d+\): error ([\s\S]*?)(?=\n\S|$)/g)].map(([, at, text]) => [Number(at), text]),
  );
  lines.forEach((line, index) => {
    const words = wrong[index - right.length]?.[1];
    const found = errors.get(index + head.length + 1);
    if (words === undefined) expect(found, line).toBeUndefined();
    else expect(found, line).toContain(words);
  });
});

function compile(): string {
  try {
    execFileSync(join(root, "node_modules/.bin/tsc"), ["--noEmit", "-p", directory], { encoding: "utf8" });
    return "";
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
}

test("what builders make is the data form", () => {
  const made = defineMigration({
    description: "d",
    operations: [
      addColumn({ table: "t", column: "a", type: "text", default: sql`${"it's"}` }),
      splitColumn({
        table: "t",
        from: "n",
        into: { b: "text", c: "text" },
        up: { b: sql`n`, c: sql`n` },
        down: sql`b`,
      }),
    ],
    checks: [sql`SELECT 1 WHERE false`],
  });
  const rendered = renderMigration(JSON.parse(JSON.stringify(made)));
  expect(rendered).toEqual(renderMigration(made));
  expect("migration" in rendered && rendered.migration.text).toContain("DEFAULT ('it''s')");
});
