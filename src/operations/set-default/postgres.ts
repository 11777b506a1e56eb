// SET DEFAULT: the new version's view has the new default at once; the table's own changes at the switch, under the old writers' feet no sooner.
import { withColumn } from "../../dialects/postgres/draft.ts";
import { scanTokens } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import {
  alterCommand,
  existingColumn,
  preflightAt,
  refuse,
  refuseUnusualTable,
} from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
  /** The author's text after DEFAULT. */
  readonly value: { readonly text: string; readonly start: number };
}

export const setDefault: Operation<Change> = {
  name: "set-default",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_ColumnDefault");
    if (found === null || found.command.def === undefined) return null;
    return { table: found.table.name, column: found.column, value: valueOf(statement) };
  },
  message: (change) =>
    `SET DEFAULT waits for ACCESS EXCLUSIVE on ${change.table}, and rows that old clients insert without ${change.column} change their meaning at once.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    const column = existingColumn(statement, table, change.column);
    if (column.column?.generated === true)
      refuse(statement, `Column ${change.column} is generated: it has no default.`, "Leave the statement out.");
    if (column.column?.identity != null)
      refuse(statement, `Column ${change.column} is an identity column.`, "Write DROP IDENTITY before it.");
    const changed = withColumn(
      draft,
      table,
      column.replacement === null
        ? { ...column, newDefault: change.value.text }
        : { ...column, replacement: { ...column.replacement, default: change.value.text } },
    );
    // What an earlier statement of the file makes, a sequence say, is not there yet when expressions are tried.
    if (draft.steps.length > 0) return changed;
    const type = column.replacement?.type ?? column.type;
    const accepted = preflightAt(statement, change.value.start, {
      title: `${table.name}.${change.column}: the default is accepted`,
      expects: "prepare",
      sql: `SELECT (${change.value.text})::${type}`,
      code: "expression-invalid",
      hint: "Mend the default.",
    });
    return { ...changed, preflight: [...changed.preflight, accepted] };
  },
};

function valueOf(statement: Statement): Change["value"] {
  const text = statement.source.text.slice(statement.start, statement.end);
  const word = scanTokens(text).find((token) => token.keyword && token.text.toUpperCase() === "DEFAULT");
  const body = text.slice(word?.end ?? 0);
  return { text: body.trim(), start: statement.start + text.length - body.trimStart().length };
}
