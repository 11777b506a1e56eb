// Predictions read one after the other from an empty database, as lint does without a server.
import { parseSync } from "libpg-query";
import type { Node } from "libpg-query";
import { beforeAll, describe, expect, test } from "vitest";
import { isHeavy, mergeEffects, strengthOf, strongestLock } from "../../../core/effect.ts";
import { loadParser } from "../parse.ts";
import { emptyCatalog } from "./catalog.ts";
import type { Catalog } from "./catalog.ts";
import { evolve } from "./evolve.ts";
import { predictEffect } from "./predict.ts";

beforeAll(loadParser);

const facts = { major: 18 };

function nodes(sql: string): Node[] {
  return (parseSync(sql).stmts ?? []).flatMap((each) => (each.stmt === undefined ? [] : [each.stmt]));
}

function after(sql: string): Catalog {
  return nodes(sql).reduce((catalog, node) => evolve(catalog, node, facts), emptyCatalog);
}

/** `AE public.t, …; rewrite; scan; heavy` of the last statement, after the ones before. */
function effect(sql: string): string {
  const all = nodes(sql);
  const last = all.at(-1);
  if (last === undefined) throw new Error("no statement");
  const before = all.slice(0, -1).reduce((catalog, node) => evolve(catalog, node, facts), emptyCatalog);
  const found = predictEffect(last, before, facts);
  if (found === null) return "not known";
  const locks = found.locks.map(({ relation, mode }) => `${mode} ${relation}`).join(", ");
  return [locks, found.rewrite ? "rewrite" : "", found.scan ? "scan" : "", isHeavy(found) ? "heavy" : ""]
    .filter((part) => part !== "")
    .join("; ");
}

const table = "create table t (id int primary key, a int, v varchar(10), n numeric(10,2), at timestamp);";

describe("one statement on a known table", () => {
  test.each([
    ["alter table t add z int default 5", "ACCESS EXCLUSIVE public.t"],
    ["alter table t add z uuid default gen_random_uuid()", "ACCESS EXCLUSIVE public.t; rewrite; scan; heavy"],
    ["alter table t alter v type varchar(20)", "ACCESS EXCLUSIVE public.t"],
    ["alter table t alter n type numeric(12,3)", "ACCESS EXCLUSIVE public.t; rewrite; scan; heavy"],
    ["alter table t alter at type timestamptz", "ACCESS EXCLUSIVE public.t; rewrite; scan; heavy"],
    ["set timezone = 'UTC'; alter table t alter at type timestamptz", "ACCESS EXCLUSIVE public.t"],
    ["alter table t alter a set not null", "ACCESS EXCLUSIVE public.t; scan; heavy"],
    ["alter table t add constraint c check (a is not null and a > 0) not valid", "ACCESS EXCLUSIVE public.t"],
    [
      "alter table t add constraint c check (a > 0 and a is not null) not valid; alter table t validate constraint c; alter table t alter a set not null",
      "ACCESS EXCLUSIVE public.t",
    ],
    ["create index on t (a)", "SHARE public.t; scan; heavy"],
    ["create index concurrently on t (a)", "SHARE UPDATE EXCLUSIVE public.t; scan"],
    ["create table u (t int references t (id))", "SHARE ROW EXCLUSIVE public.t"],
    ["drop view if exists v", "ACCESS EXCLUSIVE public.v"],
    ["do $$ begin execute format('drop table %I', 't'); end $$", "ACCESS EXCLUSIVE public.t"],
    ["do $$ declare n text; begin execute 'drop table ' || n; end $$", "not known"],
    ["create function f() returns void language sql as 'delete from t'; select f()", "ROW EXCLUSIVE public.t; scan"],
    ["select nobody_knows_this()", "not known"],
  ])("%s", (sql, expected) => {
    expect(effect(table + sql)).toBe(expected);
  });
});

test("a table that nobody described is assumed to be there, and the worst of it", () => {
  expect(effect("alter table t alter a type bigint")).toBe("ACCESS EXCLUSIVE public.t; rewrite; scan; heavy");
  expect(effect("alter table t alter a set not null")).toBe("ACCESS EXCLUSIVE public.t; scan; heavy");
});

test("what a statement creates is marked with its number", () => {
  const catalog = after(`alter table old add a int; ${table}`);
  expect(catalog.relations["public.t"]?.createdBy).toBe(1);
  expect(catalog.relations["public.old"]).toMatchObject({ createdBy: null, isKnown: false });
});

test("the strongest lock is found whatever the order", () => {
  const [node] = nodes("create table c (id int) inherits (t); alter table c inherit t").slice(1);
  const found = node === undefined ? null : predictEffect(node, emptyCatalog, facts);
  expect(found === null ? null : strongestLock(found)).toEqual({
    relation: "public.c",
    mode: "ACCESS EXCLUSIVE",
    blocks: "reads+writes",
  });
});

test("statements of one transaction are summed up by their strongest locks", () => {
  const found = nodes("create index on t (a); alter table t add b int").flatMap((node) => {
    const each = predictEffect(node, emptyCatalog, facts);
    return each === null ? [] : [each];
  });
  const merged = mergeEffects(found);
  expect(merged.locks.map((lock) => lock.mode)).toEqual(["ACCESS EXCLUSIVE"]);
  expect(isHeavy(merged)).toBe(true);
  expect(strengthOf("SHARE")).toBeLessThan(strengthOf("ACCESS EXCLUSIVE"));
});
