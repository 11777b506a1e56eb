// Names and renames.
import { expect, test } from "vitest";
import type { TableDraft } from "./draft.ts";
import { nameAfterSwitch } from "./draft.ts";
import { namesOf } from "./names.ts";
import { renameSequence } from "./column-parts.ts";

test("the trigger of a later migration sorts before that of an earlier one, and both after the user's", () => {
  const earlier = namesOf("20260101000000_a", "v").trigger("update");
  const later = namesOf("20260102000000_b", "v").trigger("update");
  expect(later < earlier).toBe(true);
  expect(later > "zzz_audit").toBe(true);
});

test("a swap of two names goes through a third", () => {
  const column = (physical: string, newName: string): TableDraft["columns"][number] => ({
    oldName: physical,
    newName,
    physical,
    type: "int",
    column: null,
    replacement: null,
    addition: null,
    down: null,
    enforceNotNull: "no",
  });
  const table: TableDraft = {
    name: "t",
    oldName: null,
    newName: "t",
    table: null,
    columns: [column("a", "b"), column("b", "a")],
  };
  const sequence = renameSequence(table, nameAfterSwitch(table, namesOf("m", "v")));
  const names = new Map([
    ["a", "first"],
    ["b", "second"],
  ]);
  for (const [from, to] of sequence) {
    expect(names.has(to)).toBe(false);
    names.set(to, names.get(from) ?? "");
    names.delete(from);
  }
  expect(Object.fromEntries(names)).toEqual({ b: "first", a: "second" });
});
