// Column names in definitions: by position, never by text.
import { beforeAll, expect, test } from "vitest";
import { substituteColumns } from "./definition.ts";
import { loadParser } from "./parse.ts";

beforeAll(async () => await loadParser());

const rename = (column: string): string => (column === "name" ? "nëw" : column);

test.each([
  [
    "CREATE INDEX i ON public.t USING btree (name, username)",
    'CREATE INDEX CONCURRENTLY "j" ON public.t USING btree ("nëw", username)',
  ],
  [
    'CREATE UNIQUE INDEX i ON t (lower(name) DESC, name COLLATE "C") INCLUDE (name) WHERE (name IS NOT NULL)',
    'CREATE UNIQUE INDEX CONCURRENTLY "j" ON t (lower("nëw") DESC, "nëw" COLLATE "C") INCLUDE ("nëw") WHERE ("nëw" IS NOT NULL)',
  ],
  ["CREATE INDEX ON t (name(username))", 'CREATE INDEX CONCURRENTLY "j" ON t (name(username))'],
  [
    "CREATE INDEX i ON t USING gin (name) WITH (fastupdate='true')",
    'CREATE INDEX CONCURRENTLY "j" ON t USING gin ("nëw") WITH (fastupdate=\'true\')',
  ],
])("%s", (from, to) => {
  expect(substituteColumns(from, rename, "j")).toBe(to);
});

test("a CHECK keeps literals and longer names", () => {
  expect(substituteColumns("CHECK (((name > 'name') AND (username IS NULL)))", rename, null)).toBe(
    `CHECK ((("nëw" > 'name') AND (username IS NULL)))`,
  );
});
