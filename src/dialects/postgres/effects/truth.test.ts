// Every measured form on every major: the prediction, made from the fixture's SQL alone, equals what the servers did.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "libpg-query";
import type { Node } from "libpg-query";
import { beforeAll, expect, test } from "vitest";
import { mergeEffects } from "../../../core/effect.ts";
import type { Effect } from "../../../core/effect.ts";
import { loadParser } from "../parse.ts";
import { emptyCatalog } from "./catalog.ts";
import type { Catalog } from "./catalog.ts";
import { evolve } from "./evolve.ts";
import { predictEffect } from "./predict.ts";

interface Form {
  readonly form: string;
  readonly setup?: string;
  readonly sql: string;
  readonly results: readonly {
    readonly majors: readonly number[];
    readonly error?: string;
    readonly locks?: Readonly<Record<string, string>>;
    readonly rewrite?: readonly string[];
    readonly scan?: readonly string[];
  }[];
}

const measured = join(import.meta.dirname, "../../../../test/shadow");
const read = (name: string): string => readFileSync(join(measured, name), "utf8");
const forms = JSON.parse(read("ddl-truth.json")) as Form[];

beforeAll(loadParser);

function nodes(sql: string): Node[] {
  if (sql === "") return [];
  return (parseSync(sql).stmts ?? []).flatMap((each) => (each.stmt === undefined ? [] : [each.stmt]));
}

function evolved(catalog: Catalog, sql: string, major: number): Catalog {
  return nodes(sql).reduce((now, node) => evolve(now, node, { major }), catalog);
}

/** All statements of a text as one transaction; null when one of them is not known. */
function predicted(start: Catalog, sql: string, major: number): Effect | null {
  let catalog = start;
  const effects = nodes(sql).map((node) => {
    const effect = predictEffect(node, catalog, { major });
    catalog = evolve(catalog, node, { major });
    return effect;
  });
  const known = effects.filter((effect) => effect !== null);
  return known.length === effects.length ? mergeEffects(known) : null;
}

function summary(effect: Effect | null): unknown {
  if (effect === null) return "not known";
  const locks = effect.locks.map(({ relation, mode }) => [relation.replace(/^public\./, ""), mode]);
  return { locks: Object.fromEntries(locks), rewrite: effect.rewrite, scan: effect.scan };
}

test.each([13, 14, 15, 16, 17, 18])("PostgreSQL %d", (major) => {
  const fixture = evolved(emptyCatalog, `set timezone = 'UTC'; ${read("ddl-fixture.sql")}`, major);
  const pairs = forms.flatMap(({ form, setup = "", sql, results }) => {
    const found = results.find((result) => result.majors.includes(major));
    if (found?.locks === undefined) return [];
    const seen = {
      locks: found.locks,
      rewrite: (found.rewrite ?? []).length > 0,
      scan: (found.scan ?? []).length > 0,
    };
    return [{ form, seen, said: summary(predicted(evolved(fixture, setup, major), sql, major)) }];
  });
  expect(pairs.length).toBeGreaterThan(140);
  expect(Object.fromEntries(pairs.map(({ form, said }) => [form, said]))).toEqual(
    Object.fromEntries(pairs.map(({ form, seen }) => [form, seen])),
  );
});
