// One column becomes several: ADD COLUMN twice or more, an UPDATE that fills them from the old one, DROP COLUMN of that.
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
  readonly into: readonly string[];
}

export const splitColumn: Operation<Change> = {
  name: "split-column",
  worksDirectly: true,
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_DropColumn");
    if (found === null || found.command.behavior === "DROP_CASCADE") return null;
    const column = columnNamed(found.table, found.column);
    if (column === undefined) return null;
    const into = derivationsOf(draft, found.table).filter(({ sources }) => sources.includes(column.physical));
    if (into.length < 2) return null;
    return { table: found.table.name, column: found.column, into: into.map((each) => each.column) };
  },
  message: (change) =>
    `Splitting ${change.table}.${change.column} into ${change.into.join(", ")} loses what clients write into it between the UPDATE and the DROP, and breaks every client that still uses it.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    if (directiveExpression(statement, "down") === null)
      refuse(
        statement,
        `${change.column} is split into ${change.into.join(", ")}, and nothing says how it is put together again for the old version.`,
        `Add a line before the statement: -- shoofly:down EXPRESSION   (over ${change.into.join(", ")})`,
      );
    return retireColumn(statement, draft, table, existingColumn(statement, table, change.column));
  },
};
