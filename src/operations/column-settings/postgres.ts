// SET STORAGE, COMPRESSION, STATISTICS, and the options of a column: catalog changes with a literal way back.
import { strongestLock } from "../../core/effect.ts";
import { withColumn } from "../../dialects/postgres/draft.ts";
import type { ColumnSetting } from "../../dialects/postgres/draft.ts";
import type { Column } from "../../core/schema.ts";
import { scanTokens, topLevel } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { alterCommand, existingColumn, refuse, refuseUnusualTable } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

const subtypes = [
  "AT_SetStorage",
  "AT_SetCompression",
  "AT_SetStatistics",
  "AT_SetOptions",
  "AT_ResetOptions",
] as const;
type Subtype = (typeof subtypes)[number];

interface Change {
  readonly subtype: Subtype;
  readonly table: string;
  readonly column: string;
  /** From SET or RESET to the end of the command. */
  readonly clause: string;
}

export const columnSettings: Operation<Change> = {
  name: "column-settings",
  match: (statement, draft) => {
    const subtype = subtypes.find((each) => each === statement.command?.subtype);
    const found = subtype === undefined ? null : alterCommand(statement, draft, subtype);
    if (subtype === undefined || found === null || found.column === "") return null;
    return { subtype, table: found.table.name, column: found.column, clause: clauseOf(statement) };
  },
  message: (change, _draft, effect) =>
    `${change.clause} on ${change.table}.${change.column} is a catalog change${effect !== null && strongestLock(effect)?.blocks === "reads+writes" ? ", but it waits for ACCESS EXCLUSIVE, and everybody waits behind it" : ""}.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    const column = existingColumn(statement, table, change.column);
    if (table.table === null)
      refuse(statement, `Table ${change.table} is created by the same migration.`, "Put it into CREATE TABLE.");
    const earlier = (column.settings ?? []).filter((each) => kindOf(each.clause) === kindOf(change.clause));
    if (earlier.length > 0)
      refuse(statement, `${change.column} gets this setting twice.`, "Write it once, with the final value.");
    const setting: ColumnSetting = {
      clause: change.clause,
      undo: column.column === null ? [] : undoOf(change.subtype, column.column),
      lock: lockOf(change.subtype),
    };
    return withColumn(draft, table, { ...column, settings: [...(column.settings ?? []), setting] });
  },
};

/** PostgreSQL manual, ALTER TABLE: SET STATISTICS and the attribute options take SHARE UPDATE EXCLUSIVE. */
function lockOf(subtype: Subtype): ColumnSetting["lock"] {
  return subtype === "AT_SetStorage" || subtype === "AT_SetCompression" ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE";
}

/** The clauses that give back what the column has now. */
function undoOf(subtype: Subtype, { settings }: Column): string[] {
  switch (subtype) {
    case "AT_SetStorage":
      return [`SET STORAGE ${settings.storage}`];
    case "AT_SetCompression":
      return [`SET COMPRESSION ${settings.compression ?? "DEFAULT"}`];
    case "AT_SetStatistics":
      return [`SET STATISTICS ${settings.statistics ?? -1}`];
    case "AT_SetOptions":
    case "AT_ResetOptions":
      return [
        "RESET (n_distinct, n_distinct_inherited)",
        ...(settings.options.length === 0 ? [] : [`SET (${settings.options.join(", ")})`]),
      ];
  }
}

function clauseOf(statement: Statement): string {
  const text = statement.source.text.slice(statement.start, statement.end);
  const word = topLevel(scanTokens(text)).findLast((token) => token.keyword && /^(SET|RESET)$/i.test(token.text));
  return text
    .slice(word?.start ?? 0)
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** `SET STORAGE`, `SET (`, `RESET (`: at most one of each per column. */
function kindOf(clause: string): string {
  const [first, second] = scanTokens(clause);
  return second?.text === "(" ? "options" : `${first?.text ?? ""} ${second?.text ?? ""}`.toUpperCase();
}
