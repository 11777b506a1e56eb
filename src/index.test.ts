// What the library exports is a promise: this list changes with the CHANGELOG.
import { expect, test } from "vitest";
import * as library from "./index.ts";

test("the exports", () => {
  expect(Object.keys(library).toSorted()).toEqual([
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
