// Proves by PostgreSQL's own parser that text of the author is what it is said to be: one expression, one type, one statement.
import { parseSync } from "libpg-query";
import { ExpressionError, parseExpression } from "../dialects/postgres/expression.ts";
import { messageOf, scanTokens } from "../dialects/postgres/parse.ts";

/** Why the text is not one expression without comments; null when it is. */
export function problemOfExpression(text: string): string | null {
  try {
    parseExpression(text, []);
    return problemOfLayout(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    return messageOf(error);
  }
}

/** Why the text is not one type name, with a collation at most; null when it is. */
export function problemOfType(text: string): string | null {
  try {
    const [statement, ...more] = parseSync(`CREATE TABLE t (c ${text}\n)`).stmts ?? [];
    const node = statement?.stmt;
    const [column, ...others] = node !== undefined && "CreateStmt" in node ? (node.CreateStmt.tableElts ?? []) : [];
    const isPlain =
      more.length === 0 &&
      others.length === 0 &&
      column !== undefined &&
      "ColumnDef" in column &&
      column.ColumnDef.typeName !== undefined &&
      column.ColumnDef.constraints === undefined;
    return isPlain ? problemOfLayout(text) : "this is not one type";
  } catch (error) {
    return messageOf(error);
  }
}

/** Why the text is not one statement; null when it is. A closing semicolon is none of it. */
export function problemOfStatement(text: string): string | null {
  try {
    const statements = parseSync(text).stmts ?? [];
    if (statements.length !== 1) return `these are ${statements.length} statements`;
    return text.trimEnd().endsWith(";") ? "leave the semicolon out" : problemOfLayout(text);
  } catch (error) {
    return messageOf(error);
  }
}

/** Between the tokens stands nothing but blanks: a comment could hold a directive, or swallow what comes behind it. */
function problemOfLayout(text: string): string | null {
  return gapsOf(text).every((gap) => gap.trim() === "") ? null : "comments are not possible here";
}

function gapsOf(text: string): string[] {
  const tokens = scanTokens(text);
  return [...tokens, undefined].map((token, index) =>
    text.slice(tokens[index - 1]?.end ?? 0, token?.start ?? text.length),
  );
}

/** The same text with single blanks between its tokens: a directive is one line, unless a literal itself has line breaks. */
export function withoutLineBreaks(text: string): string {
  const tokens = scanTokens(text);
  return tokens
    .map((token, index) => {
      const gap = index === 0 ? "" : text.slice(tokens[index - 1]?.end ?? 0, token.start);
      return `${gap === "" ? "" : " "}${token.text}`;
    })
    .join("");
}
