// The sql tag: whatever the value, the expression keeps its form and the value comes out as it went in.
import fc from "fast-check";
import { parseSync } from "libpg-query";
import { beforeAll, expect, test } from "vitest";
import { loadParser } from "../dialects/postgres/parse.ts";
import { sql } from "./sql.ts";

beforeAll(loadParser);

/** The constants of `SELECT <expression>`, and the kind of its node. */
function parsed(text: string): { kind: string; strings: string[] } {
  const tree = JSON.stringify(parseSync(`SELECT ${text}`).stmts?.[0]?.stmt);
  const target = JSON.parse(tree).SelectStmt.targetList;
  expect(target).toHaveLength(1);
  const strings = [...tree.matchAll(/"sval":\{"sval":("(?:[^"\\]|\\.)*")\}/g)].map(([, text = ""]) =>
    String(JSON.parse(text)),
  );
  return { kind: Object.keys(target[0].ResTarget.val)[0] ?? "", strings };
}

test("any string is one literal with the same characters", () => {
  const characters = fc.constantFrom("'", '"', "\\", "$", "-", "*", "/", "\n", "\r", ";", "E", "é", "a", " ", "🚀");
  const strings = fc.oneof(
    fc.string(),
    fc.array(characters, { maxLength: 12 }).map((each) => each.join("")),
  );
  fc.assert(
    fc.property(strings, (value) => {
      fc.pre(!value.includes("\0"));
      const one = sql`${value}`;
      expect(one.sql).not.toMatch(/[\n\r]/);
      const { kind, strings: found } = parsed(one.sql);
      expect([kind, found.join("")]).toEqual(["A_Const", value]);
      expect(parsed(sql`concat(x,${value},-${-1}-${2},${value}||${value})`.sql).strings.join("")).toBe(
        value + value + value,
      );
    }),
  );
});

test("any name is one column reference", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      fc.pre(!name.includes("\0"));
      expect(parsed(sql`${sql.identifier("t", name)}`.sql).kind).toBe("ColumnRef");
    }),
  );
});

test("numbers, booleans, NULL, dates and nested expressions", () => {
  expect(sql`price - ${-5}`.sql).toBe("price -  (-5)");
  expect(sql`${1.5} + ${10n}`.sql).toBe("(1.5)  +  (10)");
  expect(sql`coalesce(a, ${null}, ${true})`.sql).toBe("coalesce(a,  NULL ,  TRUE )");
  expect(sql`${new Date(0)}`.sql).toBe("TIMESTAMPTZ '1970-01-01T00:00:00.000Z'");
  expect(sql`${sql`a + 1`} * 2`.sql).toBe("(a + 1)  * 2");
});

test.each([
  ["inside of quotes", () => sql`name = '${"x"}'`],
  ["inside of an identifier", () => sql`"${"x"}" = 1`],
  ["inside of dollar quotes", () => sql`$a$ ${"x"} $a$`],
  ["inside of a comment", () => sql`a /* /* */ ${"x"} */`],
  ["behind a line comment", () => sql`a -- ${"x"}`],
  ["after an escape", () => sql`E'\\' ${"x"}'`],
  ["an open quote at the end", () => sql`name = 'x`],
  ["a function", () => sql`${(() => 1) as unknown as string}`],
  ["undefined", () => sql`${undefined as unknown as string}`],
  ["NaN", () => sql`${Number.NaN}`],
  ["NUL", () => sql`${"a\0"}`],
])("%s is refused", (_, make) => {
  expect(make).toThrow(TypeError);
});

test.each([
  ["closed quotes", sql`a = 'it''s' AND b = ${"x"}`],
  ["a closed escape string", sql`a = E'it\\'s' AND b = ${"x"}`],
  ["dollars in names", sql`a$b$ = ${"x"}`],
  ["a closed comment", sql`a /* 'no quote */ = ${"x"}`],
])("%s are no quotes around a value", (_, made) => {
  expect(made.sql).toMatch(/= {2}'x'$/);
});
