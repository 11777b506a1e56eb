// DROP COLUMN: the new version stops seeing the column; it is retired at the switch and dropped by purge.
import { withColumn } from "../../dialects/postgres/draft.ts";
import {
  alterCommand,
  directiveExpression,
  existingColumn,
  newShape,
  refuse,
  refuseDependents,
  refuseUnusualTable,
  templateFor,
} from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

export const dropColumn: Operation<Change> = {
  name: "drop-column",
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
    const column = existingColumn(statement, table, change.column);
    refuseDependents(statement, table, column);
    if (column.addition !== null || column.replacement !== null)
      refuse(statement, `Column ${change.column} is changed by the same migration.`, "Leave the earlier change out.");
    const indexes = (table.table?.indexes ?? []).filter((index) => index.dependsOn.includes(column.physical));
    if (indexes.some((index) => index.dependsOn.length > 1))
      refuse(
        statement,
        `Column ${change.column} is part of the index ${indexes.map((index) => index.name).join(", ")}.`,
        "Drop the index in a migration before this one.",
      );
    const down = directiveExpression(statement, "down");
    const mustHave = column.column?.notNull === true && column.column.default === null;
    if (mustHave && down === null)
      refuse(
        statement,
        `Column ${change.column} is NOT NULL without a default: rows written by the new version would have no value for the old one.`,
        "Add a line before the statement: -- shoofly:down EXPRESSION",
      );
    const dropped = { ...column, newName: null };
    const without = withColumn(draft, table, dropped);
    const shape = without.tables[change.table] ?? table;
    return withColumn(without, shape, {
      ...dropped,
      down: down === null ? null : templateFor(statement, shape, without, down, newShape),
    });
  },
};
