// Views, policies and the like over a column that a second one replaces: they follow the old column through its renames, so the
// switch makes them again over the new one.
import { MigrationError } from "../../core/error.ts";
import type { Carried } from "../../core/schema.ts";
import type { Draft, TableDraft } from "./draft.ts";

/** Statements around the renames of the switch, and around those of its undo: the same, because the names are the same. */
export function carriedParts(
  draft: Draft,
  table: TableDraft,
): { dropViews: string[]; drop: string[]; create: string[] } {
  const replaced = new Set(
    table.columns.filter((column) => column.replacement !== null).map((column) => column.physical),
  );
  const due = (table.table?.carried ?? []).filter((each) => each.columns.some((column) => replaced.has(column)));
  for (const each of due) assertSameNames(draft, table, each);
  const byDepth = [...due].toSorted((a, b) => a.depth - b.depth);
  return {
    dropViews: byDepth.toReversed().flatMap((each) => (each.isView ? each.drop : [])),
    drop: due.flatMap((each) => (each.isView ? [] : each.drop)),
    create: byDepth.flatMap((each) => each.create),
  };
}

/** Definitions are the server's text of before the migration: what they name must still be called so after the switch. */
function assertSameNames(draft: Draft, table: TableDraft, carried: Carried): void {
  const renamed = table.columns.find(
    (column) => carried.columns.includes(column.physical) && column.newName !== column.oldName,
  );
  if (renamed === undefined && table.oldName === table.newName) return;
  throw new MigrationError("change-refused", {
    happened: `The ${carried.what} uses ${draft.schema.name}.${table.name}, of which a column changes its type while ${renamed === undefined ? "the table" : `column ${renamed.oldName ?? ""}`} changes its name.`,
    safeNext: ["Put the rename into a migration of its own."],
    doNot: "Nothing ran.",
  });
}
