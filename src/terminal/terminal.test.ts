// Layouts: wrapping without loss, units, colours, the failure screen.
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MigrationError } from "../core/error.ts";
import { storedError } from "../engine/failure.ts";
import { asMigrationError, failureText } from "./failure.ts";
import { hasColor, hasUnicode, makeStyle } from "./style.ts";
import { formatCount, formatMs, formatRatio } from "./units.ts";
import { hang, table, visibleWidth, wrap } from "./wrap.ts";

const plain = makeStyle({ isTty: false, color: true, env: { LANG: "C.UTF-8" } });

describe("wrap", () => {
  test("loses no word and keeps to the width where a word fits", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { maxLength: 40 });
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 100 }), (list, width) => {
        const lines = wrap(list.join(" "), width);
        expect(lines.join(" ").split(" ").filter(Boolean)).toEqual(list);
        for (const line of lines) expect(line.length <= width || !line.includes(" ")).toBe(true);
      }),
    );
  });

  test("a table loses no character either, whatever the width", () => {
    const cells = fc.array(fc.tuple(fc.stringMatching(/^[a-z ]{0,60}$/), fc.stringMatching(/^[a-z]{0,40}$/)), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(cells, fc.integer({ min: 30, max: 120 }), (rows, width) => {
        const columns = [
          { title: "one", flexible: true },
          { title: "two", flexible: true },
        ];
        const letters = (text: string): string => Array.from(text.replaceAll(/\s/g, "")).toSorted().join("");
        const out = table(columns, rows, width);
        expect(letters(out)).toBe(letters(`onetwo${rows.flat().join("")}`));
      }),
    );
  });

  test("excerpts keep their caret below its place", () => {
    const excerpt = `3 | ALTER TABLE orders ${"x".repeat(80)}\n  |             ^`;
    expect(wrap(excerpt, 40)).toEqual(excerpt.split("\n"));
  });

  test("hang indents every line but the first", () => {
    expect(hang("one two three four five", 4, 20)).toBe("one two three\n    four five");
  });
});

test("units", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
  expect([0, 31, 999, 4_200, 12_000, 190_000, 7_560_000, 100 * 3_600_000].map(formatMs)).toEqual([
    "0 ms",
    "31 ms",
    "999 ms",
    "4.2 s",
    "12 s",
    "3 m 10 s",
    "2 h 06 m",
    "4 d 4 h",
  ]);
  expect([0, 0.2014, 0.99999, 1].map(formatRatio)).toEqual(["0.0 %", "20.1 %", "99.9 %", "100.0 %"]);
});

describe("colours", () => {
  const tty = { isTty: true, color: true, env: {} };

  test.each([
    ["a terminal", tty, true],
    ["a pipe", { ...tty, isTty: false }, false],
    ["NO_COLOR", { ...tty, env: { NO_COLOR: "1" } }, false],
    ["an empty NO_COLOR", { ...tty, env: { NO_COLOR: "" } }, true],
    ["TERM=dumb", { ...tty, env: { TERM: "dumb" } }, false],
    ["--no-color", { ...tty, color: false }, false],
    [
      "FORCE_COLOR in a pipe with NO_COLOR",
      { isTty: false, color: false, env: { FORCE_COLOR: "1", NO_COLOR: "1" } },
      true,
    ],
  ])("%s", (_name, input, expected) => {
    expect(hasColor(input)).toBe(expected);
  });

  test("symbols have ASCII forms in a C locale", () => {
    expect(hasUnicode({ LANG: "de_DE.UTF-8" })).toBe(true);
    expect(hasUnicode({ LANG: "en_US.UTF-8", LC_ALL: "C" })).toBe(false);
    expect(makeStyle({ ...tty, env: { LANG: "C" } }).symbols("✗ a → b …")).toBe("x a -> b ...");
  });
});

describe("the failure screen", () => {
  const error = new MigrationError("lock-timeout", {
    happened: "Step verify.2 was not granted its lock. ".repeat(6).trim(),
    safeNext: ["shoofly start a", "shoofly rollback a"],
    sqlstate: "55P03",
    details: { file: "migrations/a.sql", line: 3, column: 7 },
  });

  test("has its blocks in order, and the place in the file", () => {
    const lines = failureText(storedError(error), plain, 100).split("\n");
    expect(lines[0]).toMatch(/^✗ lock-timeout {2}A lock was not granted/);
    const labels = lines.map((line) => /^ {2}([A-Z][a-z]+(?: [a-z]+)?) {2,}/.exec(line)?.[1]).filter(Boolean);
    expect(labels).toEqual(["What happened", "Database now", "Application", "Safe next", "Do not", "More"]);
    expect(lines[1]).toContain("migrations/a.sql:3:7: Step verify.2");
    expect(lines.at(-2)).toContain("SQLSTATE 55P03");
    for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(100);
  });

  test("colours change no letter", () => {
    const colored = makeStyle({ isTty: true, color: true, env: { FORCE_COLOR: "1" } });
    const stored = storedError(error);
    expect(stripVTControlCharacters(failureText(stored, colored, 80))).toBe(failureText(stored, plain, 80));
  });

  test("what nobody expected is a fault of ours, with exit code 1", () => {
    const fault = asMigrationError(new TypeError("x is not a function"));
    expect(fault.code).toBe("internal-error");
    expect(fault.exitCode).toBe(1);
    expect(fault.happened).toContain("x is not a function");
  });
});
