// What a change of a column needs where old and new stand beside each other in the table: a name of its own, and a way to tell who wrote.
import { parseSync } from "libpg-query";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { withColumn } from "./draft.ts";
import { isRecord, visit } from "./expression.ts";
import { directive } from "./parse.ts";
import type { Statement } from "./parse.ts";
import { refuse, refuseDependents } from "./statement.ts";

/**
 * The second column's name, from `-- shoofly:as NAME`.
 * @throws MigrationError `change-refused` when it is missing, is no name or is taken
 */
export function secondName(statement: Statement, table: TableDraft, column: ColumnDraft): string {
  const given = directive(statement, "as")?.value ?? "";
  const name = parsedName(given);
  if (name === null)
    refuse(
      statement,
      `Old and new values of ${column.newName ?? column.physical} stand beside each other in the table, and ${given === "" ? "nothing says what the new column is called" : `${given} is no name`}.`,
      "Add a line before the statement: -- shoofly:as NAME   (the column keeps that name)",
    );
  refuseTakenName(statement, table, name);
  return name;
}

function refuseTakenName(statement: Statement, table: TableDraft, name: string): void {
  const isTaken = table.columns.some(
    (column) => column.physical === name || column.newName === name || column.replacement?.physical === name,
  );
  if (isTaken) refuse(statement, `Table ${table.name} has a column ${name} until purge.`, "Choose another name.");
}

/** The identifier as the server folds it: `Name` is name, `"Name"` is Name. */
function parsedName(text: string): string | null {
  if (text === "" || /[\s;,()]/.test(text.replaceAll(/"(?:[^"]|"")*"/g, ""))) return null;
  try {
    const node = parseSync(`SELECT 1 AS ${text}`).stmts?.[0]?.stmt;
    const target = node !== undefined && "SelectStmt" in node ? node.SelectStmt.targetList?.[0] : undefined;
    return target !== undefined && "ResTarget" in target ? (target.ResTarget.name ?? null) : null;
  } catch {
    return null;
  }
}

/** A second column of the same type under its new name; both names live until purge. */
export function renamedDirectly(
  statement: Statement,
  draft: Draft,
  table: TableDraft,
  column: ColumnDraft,
  name: string,
): Draft {
  refuseTakenName(statement, table, name);
  refuseDependents(statement, table, column, false);
  refuseUntellable(statement, draft, column);
  if (column.replacement !== null || column.addition !== null)
    refuse(statement, `Column ${column.newName ?? ""} is changed by the same migration.`, "Use the final name there.");
  return withColumn(draft, table, {
    ...column,
    newName: name,
    replacement: {
      physical: name,
      type: column.type,
      collation: column.column?.collation ?? null,
      up: [{ column: column.physical }],
      down: [{ column: name }],
      notNull: column.column?.notNull ?? false,
      default: column.column?.default ?? null,
      narrowsBack: false,
    },
  });
}

const stable = new Set(["now", "transaction_timestamp", "statement_timestamp", "current_database"]);

/** On INSERT the side wins that is not its default; a default that differs from row to row hides who wrote. */
export function refuseUntellable(statement: Statement, draft: Draft, column: ColumnDraft): void {
  const value = column.column?.default ?? null;
  if (draft.mode === "views" || value === null) return;
  let isVolatile = false;
  visit(parseSync(`SELECT ${value}`), (kind, node) => {
    if (kind !== "FuncCall") return;
    const last: unknown = Array.isArray(node["funcname"]) ? node["funcname"].at(-1) : undefined;
    const name = isRecord(last) && isRecord(last["String"]) ? String(last["String"]["sval"]) : "";
    if (!stable.has(name)) isVolatile = true;
  });
  if (isVolatile)
    refuse(
      statement,
      `The default of ${column.newName ?? column.physical} is computed anew for every row: a row would not show whether an old client gave the value or left it out.`,
      "Plan this migration with versioned views: --versions views",
    );
}
