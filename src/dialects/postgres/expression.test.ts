// Expressions as templates.
import { beforeAll, expect, test } from "vitest";
import { ExpressionError, parseExpression, render, templateOf } from "./expression.ts";
import { loadParser } from "./parse.ts";

beforeAll(async () => await loadParser());

test("columns are replaced where the parser found them", () => {
  const expression = parseExpression(`CASE WHEN "é"."naïve" > 1 THEN name || 'name' ELSE é.name END`, ["é"]);
  expect(
    render(
      templateOf(expression, (use) => [{ column: use.name }]),
      "NEW",
    ),
  ).toBe(`(CASE WHEN NEW."naïve" > 1 THEN NEW."name" || 'name' ELSE NEW."name" END)`);
});

test.each(["1) FROM secrets; --", "1, 2", "x FROM t", "$1", "", "SELECT 1; SELECT 2"])(
  "%j is not one expression",
  (text) => {
    expect(() => parseExpression(text, [])).toThrow(ExpressionError);
  },
);

test("a subquery and a foreign qualifier are noticed", () => {
  expect(parseExpression("(SELECT max(x) FROM u)", ["t"]).hasSubquery).toBe(true);
  expect(parseExpression("u.x", ["t"]).foreign).toBe("u.x");
});
