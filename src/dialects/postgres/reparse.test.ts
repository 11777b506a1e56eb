// Splitting and splicing change no meaning: the pieces are parsed again and compare equal, positions left out.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseSync } from "libpg-query";
import type { Node } from "libpg-query";
import { beforeAll, describe, expect, test } from "vitest";
import { forms, readText } from "../../../test/shadow/forms.ts";
import { isRecord, parseExpression, render, templateOf } from "./expression.ts";
import { loadParser, ownNode, parseFile } from "./parse.ts";
import { splitStatements } from "./split.ts";

beforeAll(loadParser);

/** A tree without places: equal trees mean the same. */
function meaning(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(meaning);
  if (!isRecord(tree)) return tree;
  const kept = Object.entries(tree).filter(
    ([key]) => !/^(location|stmt_location|stmt_len|list_start|list_end)$/.test(key),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, meaning(value)]));
}

function nodes(sql: string): Node[] {
  return sql.trim() === ""
    ? []
    : (parseSync(sql).stmts ?? []).flatMap((each) => (each.stmt === undefined ? [] : [each.stmt]));
}

const operations = join(import.meta.dirname, "../../operations");

/** Every SQL file of every case, and everything that the servers were measured with. */
function harnessTexts(): [name: string, text: string][] {
  const files = readdirSync(operations, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(operations, entry.name, "cases")))
    .flatMap((entry) => {
      const cases = join(operations, entry.name, "cases");
      return readdirSync(cases).flatMap((name) =>
        ["schema.sql", "change.sql", "naive.sql"]
          .map((file) => join(cases, name, file))
          .filter((path) => existsSync(path))
          .map((path): [string, string] => [path.slice(operations.length + 1), readFileSync(path, "utf8")]),
      );
    });
  const measured = forms.map(({ form, setup = "", sql }): [string, string] => [form, `${setup};${sql}`]);
  return [...files, ["ddl-fixture.sql", readText("ddl-fixture.sql")], ...measured];
}

describe("every statement of the harness", () => {
  const texts = harnessTexts();

  test.each(texts)("%s is split into the statements that it is", (_name, text) => {
    const pieces = splitStatements(text);
    expect(pieces.map((piece) => meaning(piece.node))).toEqual(nodes(text).map(meaning));
    expect(pieces.flatMap(({ start, end }) => nodes(text.slice(start, end))).map(meaning)).toEqual(
      nodes(text).map(meaning),
    );
  });

  test.each(texts.filter(([name]) => name.endsWith("change.sql")))(
    "%s: each command runs as it was written",
    (name, text) => {
      for (const statement of parseFile(name, text)) {
        expect(nodes(statement.text).map(meaning)).toEqual([meaning(ownNode(statement))]);
      }
    },
  );
});

/** Statements that are hard to cut, each with the semicolons that do not end it. */
const hardStatements = fc.oneof(
  fc.constantFrom(
    "SELECT 1",
    "SELECT 'a;b', 'it''s; here'",
    "SELECT E'a\\';b', E'\\\\'",
    "SELECT $$a;b$$, $x$ $$ ; $x$",
    'SELECT "odd;name" FROM "t""; t"',
    "SELECT 1 /* one; /* two; */ still */ + 2",
    "SELECT 1 -- to the end; of the line\n + 2",
    'CREATE INDEX ON t (" -- ")',
    "SELECT ' -- '",
    "SELECT 1 /* -- */",
    "SELECT U&'d\\0061t;a'",
    "SELECT 'grün;', '😀;', \"ünï;\" FROM t",
    "SELECT B'101', X'1F', 1.5e3, $1",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
    "CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN ';'; END $body$",
    "DO $do$ BEGIN EXECUTE 'drop table x;'; END $do$",
    "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; DELETE FROM v)",
    "ALTER TABLE t ADD a int DEFAULT 1, ALTER b TYPE numeric(10, 2) USING round(b, 2), DROP c",
    "INSERT INTO t VALUES (1, 'x;'), (2, $$;$$)",
  ),
  fc
    .string({ unit: "grapheme", maxLength: 12 })
    .map((text) => `SELECT '${text.replaceAll("\0", "").replaceAll("'", "''")}'`),
  fc.stringMatching(/^[a-z;'"\\ü]{0,8}$/).map((text) => `SELECT $q$${text}$q$ AS "${text.replaceAll('"', '""')}x"`),
);
const between = fc.constantFrom(";", " ;\n", ";;", ";\n-- a comment; more\n", "; /* a; /* b; */ c; */ ", ";\r\n\t");

const texts = fc.array(fc.tuple(hardStatements, between), { minLength: 1, maxLength: 8 });

describe("generated SQL", () => {
  test("is split into the statements it was made of", () => {
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.map((part) => part.join("")).join("");
        const wanted = parts.flatMap(([statement]) => nodes(statement)).map(meaning);
        expect(splitStatements(text).map((piece) => meaning(piece.node))).toEqual(wanted);
      }),
    );
  });

  test("one broken statement hides none of the others", () => {
    const broken = fc.constantFrom("SELEC 1", "ALTER TABLE t ADD", "CREATE TABLE (", "SELECT :id", "\\i other.sql\n");
    fc.assert(
      fc.property(texts, texts, broken, (before, after, bad) => {
        const left = before.map((part) => part.join("")).join("");
        const right = after.map((part) => part.join("")).join("");
        const text = `${left}\n${bad};\n${right}`;
        const pieces = splitStatements(text);
        const good = [...before, ...after].flatMap(([statement]) => nodes(statement)).map(meaning);
        expect(pieces.filter((piece) => piece.node !== null).map((piece) => meaning(piece.node))).toEqual(good);
        const failed = pieces.filter((piece) => piece.error !== null);
        expect(failed).toHaveLength(1);
        const at = failed[0]?.error?.at ?? -1;
        expect(at).toBeGreaterThanOrEqual(left.length);
        expect(at).toBeLessThanOrEqual(left.length + bad.length + 2);
      }),
    );
  });

  test("an expression keeps its meaning when its columns are put elsewhere", () => {
    const leaf = fc.constantFrom(
      "a",
      '"B"',
      "ünï",
      "t.a",
      "1",
      "'x; a'",
      "$$a$$",
      "E'\\'a'",
      "NULL",
      "now()",
      "a::text",
      "ARRAY[a, 2]",
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc
          .tuple(tie("expression"), fc.constantFrom("+", "||", "=", "AND", "IS DISTINCT FROM"), tie("expression"))
          .map((each) => `(${each.join(" ")})`),
        tie("expression").map((each) => `coalesce(${each}, a /* not; a */)`),
        tie("expression").map((each) => `CASE WHEN a IS NULL THEN ${each} ELSE "B" END`),
      ),
    }));
    const qualified = (tree: unknown): unknown => {
      if (Array.isArray(tree)) return tree.map(qualified);
      if (!isRecord(tree)) return tree;
      const reference = tree["ColumnRef"];
      if (isRecord(reference) && Array.isArray(reference["fields"])) {
        const last: unknown = reference["fields"].at(-1);
        return { ColumnRef: { ...reference, fields: [{ String: { sval: "new" } }, last] } };
      }
      return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, qualified(value)]));
    };
    fc.assert(
      fc.property(expression, (text) => {
        const template = templateOf(parseExpression(text, ["t"]), (use) => [{ column: use.name }]);
        const moved = nodes(`SELECT ${render(template, "new")}`).map(meaning);
        expect(moved).toEqual(nodes(`SELECT ${text}`).map((each) => qualified(meaning(each))));
      }),
    );
  });
});
