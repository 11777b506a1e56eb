// DROP COLUMN: the new version stops seeing the column; it is retired at the switch and dropped by purge.
import { retireColumn } from "../../dialects/postgres/retire-column.ts";
import { alterCommand, existingColumn, refuse, refuseUnusualTable } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

export const dropColumn: Operation<Change> = {
  name: "drop-column",
  worksDirectly: true,
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_DropColumn");
    if (found === null) return null;
    return {
      table: found.table.name,
      column: found.column,
      isOptional: found.command.missing_ok === true,
      isCascade: found.command.behavior === "DROP_CASCADE",
    };
  },
  message: (change) =>
    `Dropping ${change.table}.${change.column} breaks every client that still uses it, and the data is gone at once.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (change.isOptional && !table.columns.some((column) => column.newName === change.column)) return draft;
    refuseUnusualTable(statement, draft, table);
    if (change.isCascade)
      refuse(
        statement,
        "CASCADE would drop objects that nobody listed.",
        "Drop what depends on the column in statements of its own first.",
      );
    return retireColumn(statement, draft, table, existingColumn(statement, table, change.column));
  },
};
