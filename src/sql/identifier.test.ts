// Quoting and derived names.
import fc from "fast-check";
import { expect, test } from "vitest";
import { byteLength, deriveName, identifierBytesMax, quoteIdentifier, quoteLiteral } from "./identifier.ts";

test("identifiers and literals are closed, whatever they hold", () => {
  expect(quoteIdentifier('a"b')).toBe('"a""b"');
  expect(quoteLiteral("it's")).toBe("'it''s'");
  expect(quoteLiteral("a\\'b").trim()).toBe("E'a\\\\''b'");
});

test("derived names always fit and long ones stay apart", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 120 }),
      fc.string({ unit: "grapheme", maxLength: 120 }),
      (a, b) => {
        const [first, second] = [deriveName("_shoofly_abcdef_new", a), deriveName("_shoofly_abcdef_new", b)];
        expect(byteLength(first)).toBeLessThanOrEqual(identifierBytesMax);
        expect(first === second).toBe(a === b);
      },
    ),
  );
});
