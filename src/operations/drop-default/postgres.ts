// DROP DEFAULT: the new version's view stops giving a value at once; old writers keep theirs until the switch.
import { withColumn } from "../../dialects/postgres/draft.ts";
import { alterCommand, existingColumn, refuse, refuseUnusualTable } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
}

export const dropDefault: Operation<Change> = {
  name: "drop-default",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_ColumnDefault");
    if (found === null || found.command.def !== undefined) return null;
    return { table: found.table.name, column: found.column };
  },
  message: (change) =>
    `DROP DEFAULT waits for ACCESS EXCLUSIVE on ${change.table}; old clients that leave ${change.column} out write NULL or fail from then on.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    const column = existingColumn(statement, table, change.column);
    if (column.column?.generated === true || column.column?.identity != null)
      refuse(
        statement,
        `Column ${change.column} has no default: its values are made by the server.`,
        "Write DROP EXPRESSION or DROP IDENTITY.",
      );
    return withColumn(
      draft,
      table,
      column.replacement === null
        ? { ...column, newDefault: null }
        : { ...column, replacement: { ...column.replacement, default: null } },
    );
  },
};
