// Which version a session declares: by application name, by the search_path of its role, by the locks it holds.
import { expect, test } from "vitest";
import { firstOfPath, sortSessions } from "./sessions.ts";

const versions = { old: "public_20260101_a", new: "public_20260101_ab", targetSchema: "public" };

function sort(facts: { application?: string; pathSetting?: string | null; locksOld?: boolean }, of = versions): string {
  const session = { pid: 1, user: "app", application: "", client: null, pathSetting: null, locksOld: false, ...facts };
  const { old, untagged } = sortSessions([session], of);
  return old[0]?.why ?? (untagged.length === 1 ? "untagged" : "new");
}

test("by application name", () => {
  expect(sort({ application: "web;schema=public_20260101_a" })).toBe("by its application name");
  expect(sort({ application: "worker public_20260101_a" })).toBe("by its application name");
  expect(sort({ application: "web;schema=public_20260101_ab" })).toBe("new");
  expect(sort({ application: "web" })).toBe("untagged");
});

test("the migrated schema itself only where it is named as schema=", () => {
  const first = { ...versions, old: "public" };
  expect(sort({ application: "public-api" }, first)).toBe("untagged");
  expect(sort({ application: "api;schema=public" }, first)).toBe("by its application name");
  expect(sort({ pathSetting: "public, extensions" }, first)).toBe("untagged");
});

test("by the search_path of role or database, first element only", () => {
  expect(sort({ pathSetting: '"public_20260101_a", public' })).toBe("by the search_path of its role or database");
  expect(sort({ pathSetting: "public, public_20260101_a" })).toBe("untagged");
  expect(sort({ pathSetting: "public_20260101_ab, public" })).toBe("new");
});

test("by the locks it holds, unless it says that it is new", () => {
  expect(sort({ locksOld: true })).toBe("in a transaction that uses public_20260101_a");
  expect(sort({ locksOld: true, application: "schema=public_20260101_ab" })).toBe("new");
});

test("the first name of a stored path", () => {
  expect(firstOfPath('"My ""App""", public')).toBe('My "App"');
  expect(firstOfPath(" Public,x")).toBe("public");
  expect(firstOfPath("")).toBeNull();
});
