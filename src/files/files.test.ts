// Discovery, names, scaffold and checksums of migration files.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MigrationError } from "../core/error.ts";
import { discoverFiles } from "./discover.ts";
import { assertNameFits, checksumOf } from "./migration-file.ts";
import { nearNames } from "./near-names.ts";
import { resolveName } from "./resolve-name.ts";
import { scaffold } from "./scaffold.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shoofly-files-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(base: string, text = "select 1;\n"): void {
  writeFileSync(join(directory, base), text);
}

function failureOf(act: () => unknown): MigrationError {
  try {
    act();
  } catch (error) {
    if (error instanceof MigrationError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("discoverFiles", () => {
  test("reads SQL files in the order of their names, and leaves other things alone", () => {
    write("20260102000000_b.sql");
    write("20260101000000_a.sql");
    write("README.md");
    write(".gitkeep", "");
    mkdirSync(join(directory, "20260103000000_dir.sql"));
    expect(discoverFiles(directory).map((file) => file.name)).toEqual(["20260101000000_a", "20260102000000_b"]);
  });

  test("no directory: no files", () => {
    expect(discoverFiles(join(directory, "none"))).toEqual([]);
  });

  test.each([
    "20260101000000_a.mjs",
    "V1__a.yaml",
    "20260101000000_A.ts",
    "20260101000000_A.sql",
    "a.sql",
    "20260101000000_a.SQL",
  ])("%s is refused by name and with what is supported", (base) => {
    write(base);
    const error = failureOf(() => discoverFiles(directory));
    expect(error.code).toBe("file-name");
    expect(error.happened).toContain(base);
    expect(error.happened).toContain("YYYYMMDDHHMMSS_name.");
  });

  test("two files of one name are refused", () => {
    write("20260101000000_a.sql");
    write("20260101000000_a.yaml", "");
    expect(failureOf(() => discoverFiles(directory)).happened).toContain("another file has the same name");
  });

  test("a byte order mark is no part of the text", () => {
    write("20260101000000_a.sql", "\uFEFFselect 1;");
    expect(discoverFiles(directory)[0]?.text).toBe("select 1;");
  });
});

test("line ends do not count for the checksum, everything else does", () => {
  expect(checksumOf("a\r\nb\r\n")).toBe(checksumOf("a\nb\n"));
  expect(checksumOf("a\nb\n")).not.toBe(checksumOf("a\nb"));
  expect(checksumOf("")).toBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("a name that makes an identifier of over 63 bytes is refused with a name that fits", () => {
  const name = `20260101000000_${"x".repeat(42)}`;
  assertNameFits(name.slice(0, -1), "f.sql", "public");
  const error = failureOf(() => assertNameFits(name, `migrations/${name}.sql`, "public"));
  expect(error.code).toBe("file-name");
  expect(error.safeNext).toEqual([`mv migrations/${name}.sql migrations/${name.slice(0, -1)}.sql`]);
});

describe("resolveName", () => {
  const names = ["20260101000000_add_cents", "20260102000000_price_cents", "20260103000000_split_name"];
  const where = { place: "./migrations", safeNext: ["shoofly status"] };

  test.each([
    ["20260102000000_price_cents", "20260102000000_price_cents"],
    ["migrations/20260102000000_price_cents.sql", "20260102000000_price_cents"],
    ["price_cents", "20260102000000_price_cents"],
    ["20260103", "20260103000000_split_name"],
    ["name", "20260103000000_split_name"],
  ])("%s", (given, expected) => {
    expect(resolveName(names, given, where)).toBe(expected);
  });

  test("a part of two names is refused with both", () => {
    const error = failureOf(() => resolveName(names, "cents", where));
    expect(error.code).toBe("file-not-found");
    expect(error.details["candidates"]).toEqual(names.slice(0, 2));
  });

  test("a typo gets the near name", () => {
    expect(failureOf(() => resolveName(names, "prize_cent", where)).happened).toContain(
      "Did you mean 20260102000000_price_cents",
    );
  });

  test("nothing near: the last ones are listed", () => {
    expect(failureOf(() => resolveName(names, "zzzzzzzzzzzz", where)).happened).toContain("20260103000000_split_name");
    expect(failureOf(() => resolveName([], "x", where)).happened).toContain("none at all");
  });
});

test("nearNames ranks by likeness and ignores the timestamp", () => {
  expect(nearNames("statsu", ["start", "status", "purge"], 1)).toEqual(["status"]);
  expect(nearNames("xyzzy", ["start", "status"])).toEqual([]);
});

describe("scaffold", () => {
  const base = { schema: "public", now: new Date("2026-11-21T09:30:00Z"), form: "sql" as const };

  test("makes a file that sorts last, with the words as its description", () => {
    const made = scaffold({ ...base, directory, given: "Price  Cents!", names: [] });
    expect(made.name).toBe("20261121093000_price_cents");
    expect(readFileSync(join(directory, "20261121093000_price_cents.sql"), "utf8")).toMatch(/^-- Price cents\.\n/);
  });

  test("its hints are no directives", () => {
    scaffold({ ...base, directory, given: "a", names: [] });
    const [file] = discoverFiles(directory);
    expect(file?.text).not.toMatch(/^\s*--\s*shoofly:/m);
    expect(file?.text).toContain("-- shoofly:down EXPR");
  });

  test("in TypeScript, with the language imported", () => {
    scaffold({ ...base, directory, given: "a", names: [], form: "ts" });
    const [file] = discoverFiles(directory);
    expect(file?.file).toMatch(/_a\.ts$/);
    expect(file?.text).toContain('from "shoofly"');
    expect(file?.text).toContain('description: "A."');
  });

  test("sorts behind files that are dated in the future, and never overwrites", () => {
    const names = ["20270101000000_later"];
    expect(scaffold({ ...base, directory, given: "a", names }).name).toBe("20270101000001_a");
    expect(() => scaffold({ ...base, directory, given: "a", names })).toThrow(/EEXIST/);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test("refuses what holds no letter, and names that are too long", () => {
    expect(failureOf(() => scaffold({ ...base, directory, given: "???", names: [] })).code).toBe("usage");
    expect(failureOf(() => scaffold({ ...base, directory, given: "x".repeat(60), names: [] })).code).toBe("file-name");
  });
});
