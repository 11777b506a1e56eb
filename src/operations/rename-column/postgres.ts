// RENAME COLUMN: the new version's view shows the new name at once; the table's own column is renamed at the switch.
import { columnNamed, withColumn, withTable } from "../../dialects/postgres/draft.ts";
import { renamedDirectly } from "../../dialects/postgres/direct-columns.ts";
import { existingColumn, refuse, refuseUnusualTable, tableOf } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

export const renameColumn: Operation<Change> = {
  name: "rename-column",
  worksDirectly: true,
  match: (statement, draft) => {
    if (!("RenameStmt" in statement.node)) return null;
    const rename = statement.node.RenameStmt;
    const table = tableOf(draft, rename.relation);
    if (rename.renameType !== "OBJECT_COLUMN" || rename.relationType !== "OBJECT_TABLE" || table === null) return null;
    return { table: table.name, from: rename.subname ?? "", to: rename.newname ?? "" };
  },
  message: (change) => `Renaming ${change.table}.${change.from} breaks every client that still uses the old name.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    const column = existingColumn(statement, table, change.from);
    if (columnNamed(table, change.to) !== undefined)
      refuse(statement, `Table ${change.table} already has a column ${change.to}.`, "Choose another name.");
    if (draft.mode === "direct") return renamedDirectly(statement, draft, table, column, change.to);
    // A column that the same migration adds is not there yet: it gets the final name from the start.
    if (column.addition !== null && table.columns.every((each) => each.physical !== change.to)) {
      const named = { ...column, newName: change.to, physical: change.to };
      return withTable(draft, { ...table, columns: table.columns.map((each) => (each === column ? named : each)) });
    }
    return withColumn(draft, table, { ...column, newName: change.to });
  },
};
