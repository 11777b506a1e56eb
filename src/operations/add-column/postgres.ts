// ADD COLUMN: metadata only for NULL and constant defaults; otherwise the column first and its values in chunks.
import type { ColumnDef, Node } from "libpg-query";
import { columnNamed, withTable } from "../../dialects/postgres/draft.ts";
import type { Addition, ColumnDraft } from "../../dialects/postgres/draft.ts";
import { isRecord, visit } from "../../dialects/postgres/expression.ts";
import { scanTokens } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import {
  alterCommand,
  directiveExpression,
  oldShape,
  refuse,
  refuseUnusualTable,
  templateFor,
} from "../../dialects/postgres/statement.ts";
import { typeText } from "../../dialects/postgres/type-name.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly definition: ColumnDef;
  readonly isOptional: boolean;
}

export const addColumn: Operation<Change> = {
  name: "add-column",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_AddColumn");
    const definition = found?.command.def;
    if (found === null || definition === undefined || !("ColumnDef" in definition)) return null;
    return { table: found.table.name, definition: definition.ColumnDef, isOptional: found.command.missing_ok === true };
  },
  message: (change, _draft, effect) => {
    const name = `${change.table}.${change.definition.colname ?? ""}`;
    if (effect?.rewrite === true)
      return `The value of ${name} is computed for every row: the table is rewritten under ACCESS EXCLUSIVE.`;
    if (effect?.scan === true) return `Adding ${name} reads the whole table under ACCESS EXCLUSIVE.`;
    return `Adding ${name} waits for ACCESS EXCLUSIVE, and everybody else waits behind it.`;
  },
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    const name = change.definition.colname ?? "";
    if (table === undefined) return draft;
    if (columnNamed(table, name) !== undefined) {
      if (change.isOptional) return draft;
      refuse(statement, `Table ${change.table} already has a column ${name}.`, "Choose another name.");
    }
    refuseUnusualTable(statement, draft, table);
    if (table.table === null)
      refuse(statement, `Table ${change.table} is created by the same migration.`, "Put the column into CREATE TABLE.");
    refuseConstraints(change, statement);
    const isTaken = table.columns.some((column) => column.physical === name);
    const up = directiveExpression(statement, "up");
    const column: ColumnDraft = {
      oldName: null,
      newName: name,
      physical: isTaken ? draft.names.added(name) : name,
      type: parts(statement).type,
      column: null,
      replacement: null,
      addition: additionOf(change, statement, up === null ? null : templateFor(statement, table, draft, up, oldShape)),
      down: null,
      enforceNotNull: "no",
    };
    return withTable(draft, { ...table, columns: [...table.columns, column] });
  },
};

function additionOf(change: Change, statement: Statement, up: Addition["up"]): Addition {
  const { type, collation, defaultText } = parts(statement);
  const isNotNull = constraintKinds(change.definition).includes("CONSTR_NOTNULL");
  const head = `${type}${collation}`;
  if (up !== null)
    return { definition: head, up, default: defaultText, lateDefault: defaultText, lateNotNull: isNotNull };
  if (defaultText === null) {
    if (isNotNull)
      refuse(
        statement,
        `A NOT NULL column without a default has no value for the rows that are there, nor for those the old version writes.`,
        "Add a DEFAULT, or a line before the statement: -- shoofly:up EXPRESSION",
      );
    return { definition: head, up: null, default: null, lateDefault: null, lateNotNull: false };
  }
  // A constant default is kept in the catalog and touches no row (manual, ALTER TABLE, Notes, since version 11).
  if (!volatileDefault(change.definition))
    return {
      definition: `${head} DEFAULT ${defaultText}${isNotNull ? " NOT NULL" : ""}`,
      up: null,
      default: defaultText,
      lateDefault: null,
      lateNotNull: false,
    };
  return { definition: head, up: null, default: defaultText, lateDefault: defaultText, lateNotNull: isNotNull };
}

/** The author's type, collation and default text. */
function parts(statement: Statement): { type: string; collation: string; defaultText: string | null } {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = scanTokens(text);
  const add = tokens.findIndex((token) => token.keyword && token.text.toUpperCase() === "ADD");
  let index = add + 1;
  if (tokens[index]?.text.toUpperCase() === "COLUMN") index += 1;
  if (tokens[index]?.text.toUpperCase() === "IF") index += 3;
  const type = typeText(text, tokens, tokens[index]?.end ?? 0);
  const collate = tokens.findIndex(
    (token, at) => at > index && token.keyword && token.text.toUpperCase() === "COLLATE",
  );
  const collation =
    collate === -1 ? "" : ` COLLATE ${text.slice(tokens[collate]?.end ?? 0, qualifiedEnd(tokens, collate + 1)).trim()}`;
  const start = tokens.findIndex((token, at) => at > index && token.keyword && token.text.toUpperCase() === "DEFAULT");
  if (start === -1) return { type, collation, defaultText: null };
  const from = tokens[start]?.end ?? 0;
  return { type, collation, defaultText: typeText(text, tokens, from) };
}

function qualifiedEnd(tokens: ReturnType<typeof scanTokens>, from: number): number {
  let at = from;
  while (tokens[at + 1]?.text === ".") at += 2;
  return tokens[at]?.end ?? 0;
}

function constraintKinds(definition: ColumnDef): string[] {
  return (definition.constraints ?? []).flatMap((node) =>
    "Constraint" in node && node.Constraint.contype !== undefined ? [node.Constraint.contype] : [],
  );
}

function refuseConstraints(change: Change, statement: Statement): void {
  const reasons: Readonly<Record<string, string>> = {
    CONSTR_CHECK: "an inline CHECK scans the table under ACCESS EXCLUSIVE",
    CONSTR_UNIQUE: "an inline UNIQUE builds an index under ACCESS EXCLUSIVE",
    CONSTR_PRIMARY: "an inline PRIMARY KEY builds an index under ACCESS EXCLUSIVE",
    CONSTR_FOREIGN: "an inline REFERENCES checks the table under a lock",
    CONSTR_GENERATED: "a stored generated column rewrites the table",
    CONSTR_IDENTITY: "an identity column rewrites the table",
  };
  for (const kind of constraintKinds(change.definition)) {
    const reason = reasons[kind];
    if (reason !== undefined)
      refuse(
        statement,
        `Column ${change.definition.colname ?? ""}: ${reason}.`,
        "Add the plain column here; the rest needs a statement of its own or the rebuild strategy.",
      );
  }
  const type =
    (change.definition.typeName?.names ?? []).map((node) => ("String" in node ? node.String.sval : "")).at(-1) ?? "";
  if (["serial", "bigserial", "smallserial"].includes(type))
    refuse(statement, `${type} numbers every row: the table would be rewritten.`, "This needs the rebuild strategy.");
}

const stableFunctions = new Set([
  "now",
  "current_timestamp",
  "transaction_timestamp",
  "statement_timestamp",
  "current_user",
  "current_database",
]);

/** Whether a default has to be computed per row: anything but constants, casts of them and functions known to be stable. */
function volatileDefault(definition: ColumnDef): boolean {
  const node = (definition.constraints ?? []).flatMap((each): Node[] =>
    "Constraint" in each && each.Constraint.contype === "CONSTR_DEFAULT" && each.Constraint.raw_expr !== undefined
      ? [each.Constraint.raw_expr]
      : [],
  )[0];
  if (node === undefined) return false;
  let isVolatile = false;
  visit(node, (kind, value) => {
    if (kind === "SubLink" || kind === "ColumnRef") isVolatile = true;
    if (kind !== "FuncCall") return;
    const names = Array.isArray(value["funcname"]) ? value["funcname"] : [];
    const last: unknown = names.at(-1);
    const name = isRecord(last) && isRecord(last["String"]) ? String(last["String"]["sval"]) : "";
    if (!stableFunctions.has(name)) isVolatile = true;
  });
  return isVolatile;
}
