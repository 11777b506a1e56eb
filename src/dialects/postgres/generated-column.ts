// A column that ADD COLUMN computes from others when it is read.
import type { ColumnDef } from "libpg-query";
import type { Addition, TableDraft } from "./draft.ts";
import { columnNamed } from "./draft.ts";
import { fieldNames, visit } from "./expression.ts";
import { scanTokens } from "./parse.ts";
import type { Statement } from "./parse.ts";
import { refuse } from "./statement.ts";

/** VIRTUAL: computed when it is read, so that nothing is stored and no row is touched. */
export function generatedAddition(
  definition: ColumnDef,
  table: TableDraft,
  statement: Statement,
  head: string,
): Addition {
  const text = statement.source.text.slice(statement.start, statement.end);
  const word = scanTokens(text).find((token) => token.keyword && token.text.toUpperCase() === "GENERATED");
  const uses: string[] = [];
  visit(definition.constraints, (kind, value) => {
    if (kind === "ColumnRef") uses.push(fieldNames(value["fields"]).at(-1) ?? "");
  });
  const touched = uses.find((name) => {
    const column = columnNamed(table, name);
    return (
      column !== undefined && (column.physical !== name || column.replacement !== null || column.addition !== null)
    );
  });
  if (touched !== undefined)
    refuse(
      statement,
      `Column ${definition.colname ?? ""} is computed from ${touched}, which the same migration changes.`,
      "Put the generated column into a migration of its own.",
    );
  return {
    definition: `${head} ${text.slice(word?.start ?? text.length)}`,
    up: null,
    default: null,
    lateDefault: null,
    lateNotNull: false,
    generatedFrom: uses,
  };
}
