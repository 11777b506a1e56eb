// What the library exports is a promise: these lists change with the CHANGELOG.
import { expect, test } from "vitest";
import { catalog } from "./define/catalog.ts";
import * as define from "./define/index.ts";
import * as library from "./index.ts";

const language = Object.keys(define);

test("the calls", () => {
  expect(
    Object.keys(library)
      .filter((name) => !language.includes(name))
      .toSorted(),
  ).toEqual([
    "MigrationError",
    "changeMigration",
    "errorCodes",
    "examine",
    "openProject",
    "planMigration",
    "readLatestVersion",
    "readProjectStatus",
    "requestAbort",
    "startMigration",
    "toolVersion",
  ]);
});

/** `add-column` → `addColumn` */
function builderOf(slug: string): string {
  return slug.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

test("the language of migrations: one builder per operation, and the frame", () => {
  const builders = Object.keys(catalog).map(builderOf);
  expect(language.filter((name) => name !== "madeAt").toSorted()).toEqual(
    [...builders, "defineMigration", "sql"].toSorted(),
  );
  const exported: Readonly<Record<string, unknown>> = library;
  const made: Readonly<Record<string, unknown>> = define;
  for (const name of [...builders, "defineMigration", "sql"]) expect(exported[name], name).toBe(made[name]);
});
