// Expressions of the author as templates: parsed, their columns found by position, rendered for a trigger, a fill or a check.
import { parseSync } from "libpg-query";
import type { Node } from "libpg-query";
import { quoteIdentifier } from "../../sql/identifier.ts";
import { makeSource } from "./source.ts";
import { messageOf, scanTokens } from "./parse.ts";

/** SQL text with holes for physical columns of the table. */
export type Template = readonly (string | { readonly column: string })[];

export interface ColumnUse {
  readonly name: string;
  /** Character range in the expression. */
  readonly start: number;
  readonly end: number;
}

export interface Expression {
  readonly text: string;
  readonly columns: readonly ColumnUse[];
  readonly hasSubquery: boolean;
  /** Uses the whole row or a name that is qualified by something else than the table. */
  readonly foreign: string | null;
}

/** Why an expression cannot be used, with the character index in it. */
export class ExpressionError extends Error {
  readonly index: number;
  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

/**
 * Parses one scalar expression over one table.
 * @param qualifiers the names by which the expression may call the table: name, `schema.name`, alias
 * @throws ExpressionError
 */
export function parseExpression(text: string, qualifiers: readonly string[]): Expression {
  const prefix = "SELECT (";
  let value: Node | undefined;
  try {
    const [statement, ...more] = parseSync(`${prefix}${text}\n)`).stmts ?? [];
    const node = statement?.stmt;
    const select = node !== undefined && "SelectStmt" in node ? node.SelectStmt : undefined;
    const target = select?.targetList?.[0];
    const isPlain =
      more.length === 0 &&
      select?.targetList?.length === 1 &&
      select.fromClause === undefined &&
      select.whereClause === undefined;
    if (isPlain && target !== undefined && "ResTarget" in target) value = target.ResTarget.val;
  } catch (error) {
    throw new ExpressionError(messageOf(error), 0);
  }
  const isList = value !== undefined && "RowExpr" in value && value.RowExpr.row_format === "COERCE_IMPLICIT_CAST";
  if (value === undefined || isList) throw new ExpressionError("this is not one expression", 0);
  const source = makeSource("", text);
  const columns: ColumnUse[] = [];
  let hasSubquery = false;
  let foreign: string | null = null;
  visit(value, (kind, node) => {
    if (kind === "SubLink") hasSubquery = true;
    if (kind === "ParamRef") throw new ExpressionError("parameters such as $1 have no value here", 0);
    if (kind !== "ColumnRef") return;
    const start = source.characterAt(Number(node["location"] ?? 0) - prefix.length);
    const names = fieldNames(node["fields"]);
    const name = names.at(-1);
    if (
      name === undefined ||
      names.includes("*") ||
      (names.length > 1 && !qualifiers.includes(names.slice(0, -1).join(".")))
    ) {
      foreign = names.join(".");
      return;
    }
    columns.push({ name, start, end: start + referenceLength(text.slice(start), names.length) });
  });
  return { text, columns, hasSubquery, foreign };
}

/** Turns an expression into a template: each column replaced by what `resolve` says it stands for. */
export function templateOf(expression: Expression, resolve: (use: ColumnUse) => Template): Template {
  const parts: (string | { readonly column: string })[] = ["("];
  let at = 0;
  for (const use of [...expression.columns].toSorted((a, b) => a.start - b.start)) {
    parts.push(expression.text.slice(at, use.start), ...resolve(use));
    at = use.end;
  }
  return [...parts, expression.text.slice(at), ")"];
}

/** The template as SQL; `row` is put before each column: `NEW`, `t`, … */
export function render(template: Template, row: string, rename: (physical: string) => string = (name) => name): string {
  return template
    .map((part) => (typeof part === "string" ? part : `${row}.${quoteIdentifier(rename(part.column))}`))
    .join("");
}

/** Physical columns a template reads, each once. */
export function columnsOf(template: Template): string[] {
  return [...new Set(template.flatMap((part) => (typeof part === "string" ? [] : [part.column])))];
}

/** Calls back for every node of a parse tree, with its kind. */
export function visit(node: unknown, callback: (kind: string, value: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, callback);
    return;
  }
  if (!isRecord(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (isRecord(value) && /^[A-Z]/.test(key)) callback(key, value);
    visit(value, callback);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function fieldNames(fields: unknown): string[] {
  if (!Array.isArray(fields)) return [];
  return fields.map((field) => {
    if (isRecord(field) && isRecord(field["String"])) return String(field["String"]["sval"]);
    return "*";
  });
}

/** Length of `a.b.c` at the start of the text: names and dots are separate tokens. */
function referenceLength(text: string, names: number): number {
  return scanTokens(text)[names * 2 - 2]?.end ?? text.length;
}
