// The splitter: what it must not split, and how it goes on behind what is broken.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { loadParser } from "./parse.ts";
import { splitStatements } from "./split.ts";

beforeAll(async () => await loadParser());

/** Texts of the statements; a broken one begins with `!`. */
function pieces(text: string): string[] {
  return splitStatements(text).map(({ start, end, node }) => `${node === null ? "!" : ""}${text.slice(start, end)}`);
}

/** Something broken makes the splitter do the work that the parser does otherwise. */
const bad = "SELEC 1";

const whole = [
  "SELECT ';', E'\\';', \"a;b\"",
  "SELECT $$;$$, $a$ ; $$ ; $a$",
  "SELECT a$b$c, 1 FROM t",
  "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
  "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
  "DO $$ BEGIN PERFORM 1; END $$",
  "SELECT /* ; /* ; */ ; */ 1",
  "SELECT 1 -- ;\n + 1",
  "INSERT INTO t VALUES ('ä;', '…')",
];

test.each(whole)("%s stays whole", (statement) => {
  expect(pieces(`${statement};\nSELECT 2;`)).toEqual([statement, "SELECT 2"]);
  expect(pieces(`${bad};\n${statement};\nSELECT 2;`)).toEqual([`!${bad}`, statement, "SELECT 2"]);
});

test("statements that were joined come apart again, whatever is broken between them", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...whole, bad), { maxLength: 8 }), (statements) => {
      expect(pieces(statements.map((each) => `-- x; '\n${each} ;\n`).join(""))).toEqual(
        statements.map((each) => (each === bad ? `!${bad}` : each)),
      );
    }),
    { numRuns: 100 },
  );
});

test("an error has its place, and what comes after it is read", () => {
  const text = "SELECT 1;\nALTER TABEL t ADD c int;\nCREATE TABLE u (id int;\nSELECT 3;";
  const found = splitStatements(text);
  expect(found.map(({ node }) => node === null)).toEqual([false, true, true, false]);
  expect(text.slice(found[1]?.error?.at)).toMatch(/^TABEL/);
});

test("psql: meta-commands, variables, rows of COPY", () => {
  const text = "\\set x 1\nSELECT :x;\nCOPY t FROM stdin;\n1\tit's;\n\\.\nSELECT 2;";
  const found = splitStatements(text);
  expect(pieces(text)).toEqual(["!\\set x 1", "!SELECT :x", "COPY t FROM stdin", "SELECT 2"]);
  expect(found[0]?.error?.message).toContain("\\set is a command of psql");
  expect(found[1]?.error?.message).toContain("Variables of psql");
});

test.each([
  "",
  ";",
  " ;; ",
  "-- only\n",
  "/* open",
  "'open",
  "$$ open",
  "(",
  ")",
  "\\",
  "\uFEFFSELECT 1",
  "SELECT 1\r\n;\r\n",
])("%j is read without a fault", (text) => {
  for (const { start, end } of splitStatements(text)) expect(end).toBeGreaterThan(start);
});
