// Files against the journal: what is refused, what is not, and what a person can accept.
import { describe, expect, test } from "vitest";
import { MigrationError } from "../core/error.ts";
import type { MigrationState } from "../core/state.ts";
import { assertHistory, deviations, membersFor, type AppliedFile } from "./history.ts";
import type { MigrationFile } from "./migration-file.ts";

function file(name: string, checksum = `sha256:${name}`): MigrationFile {
  return { name, path: `/m/${name}.sql`, file: `migrations/${name}.sql`, text: "", checksum };
}

function applied(name: string, state: MigrationState = "completed"): AppliedFile {
  return { name, file: `migrations/${name}.sql`, checksum: `sha256:${name}`, state };
}

const kinds = (files: readonly MigrationFile[], rows: readonly AppliedFile[]): readonly string[] =>
  deviations(files, rows, []).map(({ kind, name }) => `${kind} ${name}`);

describe("deviations", () => {
  test("files that agree have none", () => {
    expect(kinds([file("1"), file("2"), file("3")], [applied("1"), applied("2", "ready")])).toEqual([]);
  });

  test("edited, missing and out of order", () => {
    const files = [file("1", "sha256:other"), file("2"), file("4")];
    expect(kinds(files, [applied("1"), applied("3")])).toEqual([
      "checksum-mismatch 1",
      "out-of-order 2",
      "applied-file-missing 3",
    ]);
  });

  test.each<MigrationState>(["pending", "rolled-back"])("a %s one left nothing behind: its file is free", (state) => {
    expect(kinds([], [applied("1", state)])).toEqual([]);
    expect(kinds([file("1", "sha256:other")], [applied("1", state)])).toEqual([]);
    expect(kinds([file("0")], [applied("1", state)])).toEqual([]);
  });

  test("what was accepted is none any more, until the file is edited again", () => {
    const rows = [applied("1"), applied("3")];
    const edited = file("1", "sha256:edit");
    const accepted = [
      { name: "1", kind: "checksum-mismatch" as const, checksum: "sha256:edit" },
      { name: "3", kind: "applied-file-missing" as const, checksum: null },
      { name: "2", kind: "out-of-order" as const, checksum: "sha256:2" },
    ];
    expect(deviations([edited, file("2")], rows, accepted)).toEqual([]);
    const again = deviations([file("1", "sha256:edit2"), file("2", "sha256:new")], rows, accepted);
    expect(again.map(({ kind }) => kind)).toEqual(["checksum-mismatch", "out-of-order"]);
  });
});

test("assertHistory names the command that settles it, and how many more there are", () => {
  const failure = failureOf(() => assertHistory([file("1", "sha256:x"), file("2")], [applied("1"), applied("3")], []));
  expect(failure.code).toBe("checksum-mismatch");
  expect(failure.exitCode).toBe(4);
  expect(failure.happened).toContain("2 more");
  expect(failure.safeNext.join("\n")).toContain('shoofly doctor --accept 1 --reason "…"');
});

function failureOf(act: () => void): MigrationError {
  try {
    act();
  } catch (error) {
    if (error instanceof MigrationError) return error;
  }
  throw new Error("no MigrationError was thrown");
}

test("membersFor takes every pending file up to the named one, and rolled-back ones again", () => {
  const files = [file("1"), file("2"), file("3"), file("4")];
  const rows = [applied("1"), applied("2", "rolled-back")];
  expect(membersFor(files, rows, "3").map(({ name }) => name)).toEqual(["2", "3"]);
});
