// Several columns become one: ADD COLUMN, an UPDATE that fills it from the old ones, DROP COLUMN of each of those.
import { derivationsOf } from "../../dialects/postgres/derived-additions.ts";
import { columnNamed } from "../../dialects/postgres/draft.ts";
import { retireColumn } from "../../dialects/postgres/retire-column.ts";
import {
  alterCommand,
  directiveExpression,
  existingColumn,
  refuse,
  refuseUnusualTable,
} from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
  readonly into: string;
}

export const mergeColumns: Operation<Change> = {
  name: "merge-columns",
  worksDirectly: true,
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_DropColumn");
    if (found === null || found.command.behavior === "DROP_CASCADE") return null;
    const column = columnNamed(found.table, found.column);
    if (column === undefined) return null;
    const into = derivationsOf(draft, found.table).filter(({ sources }) => sources.includes(column.physical));
    const [only, ...more] = into;
    if (only === undefined || more.length > 0 || only.sources.length < 2) return null;
    return { table: found.table.name, column: found.column, into: only.column };
  },
  message: (change) =>
    `Merging ${change.table}.${change.column} into ${change.into} loses what clients write into it between the UPDATE and the DROP, and breaks every client that still uses it.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    if (directiveExpression(statement, "down") === null)
      refuse(
        statement,
        `${change.column} goes into ${change.into}, and nothing says how the old version gets its value out of it.`,
        `Add a line before the statement: -- shoofly:down EXPRESSION   (over ${change.into})`,
      );
    return retireColumn(statement, draft, table, existingColumn(statement, table, change.column));
  },
};
