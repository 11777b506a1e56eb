// Splitting files: directives, commands, places in text with letters of two bytes.
import { beforeAll, describe, expect, test } from "vitest";
import { MigrationError } from "../../core/error.ts";
import { checksOf, loadParser, parseFile } from "./parse.ts";

beforeAll(async () => await loadParser());

function failure(text: string): MigrationError {
  try {
    parseFile("m.sql", text);
  } catch (error) {
    if (error instanceof MigrationError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parseFile", () => {
  test("gives each statement the directives before it", () => {
    const statements = parseFile(
      "m.sql",
      "-- é first\n-- shoofly:down a * 2\nALTER TABLE t ALTER a TYPE int;\n/* shoofly:undo DROP VIEW v */ CREATE VIEW v AS SELECT 1;",
    );
    expect(statements.map((each) => each.directives.map(({ name, value }) => [name, value]))).toEqual([
      [["down", "a * 2"]],
      [["undo", "DROP VIEW v"]],
    ]);
    expect(statements[0]?.text).toBe("ALTER TABLE t ALTER a TYPE int");
  });

  test("cuts an ALTER TABLE into its commands, not at commas inside of parentheses", () => {
    const statements = parseFile(
      "m.sql",
      'ALTER TABLE ONLY "a b" ADD x numeric(10,2) DEFAULT round(1.5, 1), DROP COLUMN y;',
    );
    expect(statements.map((each) => each.text)).toEqual([
      'ALTER TABLE ONLY "a b" ADD x numeric(10,2) DEFAULT round(1.5, 1)',
      'ALTER TABLE ONLY "a b" DROP COLUMN y',
    ]);
  });

  test("points at an unknown directive", () => {
    const error = failure("SELECT 1;\n-- shoofly:dwon x\nSELECT 2;");
    expect(error.code).toBe("unknown-directive");
    expect(error.details).toMatchObject({ file: "m.sql", line: 2, column: 12 });
    expect(error.happened).toContain("\n  |            ^");
  });

  test("points at a syntax error after letters of two bytes", () => {
    const error = failure("-- ééé\nALTER TABLE t FROBNICATE x;");
    expect(error.code).toBe("syntax-error");
    expect(error.details).toMatchObject({ line: 2, column: 15 });
  });

  test("refuses a directive after the last statement", () => {
    expect(failure("SELECT 1;\n-- shoofly:down x\n").code).toBe("unknown-directive");
  });

  test("reads checks wherever they stand", () => {
    expect(
      checksOf("m.sql", "SELECT 1;\n-- shoofly:check SELECT 1 FROM t WHERE x < 0\n").map((each) => each.value),
    ).toEqual(["SELECT 1 FROM t WHERE x < 0"]);
  });
});
