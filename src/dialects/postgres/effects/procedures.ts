// The statements inside of DO blocks and functions, as far as their text says what they are.
import { parsePlPgSQLSync, parseSync } from "libpg-query";
import type { DoStmt, Node } from "libpg-query";
import { quoteLiteral } from "../../../sql/identifier.ts";
import { fieldNames, isRecord } from "../expression.ts";
import { textOfConstant } from "./constant-text.ts";

/** Language and text of a DO block. */
export function blockOf(statement: DoStmt): { language: string; body: string } {
  const options = (statement.args ?? []).flatMap((each) => ("DefElem" in each ? [each.DefElem] : []));
  const option = (name: string): string | undefined => {
    const value = options.find((each) => each.defname === name)?.arg;
    return value !== undefined && "String" in value ? value.String.sval : undefined;
  };
  return { language: option("language") ?? "plpgsql", body: option("as") ?? "" };
}

/** Every statement that a body may run, in the order of its text; null when one of them is only known at run time. */
export function statementsOf(language: string, body: string): Node[] | null {
  try {
    if (language === "sql") return nodesOf(body);
    if (language !== "plpgsql") return null;
    const found: (Node | null)[] = [];
    collect(parsePlPgSQLSync(`DO ${quoteLiteral(body)}`), found);
    return found.every((each) => each !== null) ? found : null;
  } catch {
    return null;
  }
}

function nodesOf(text: string): Node[] {
  if (text.trim() === "") return [];
  return (parseSync(text).stmts ?? []).flatMap((each) => (each.stmt === undefined ? [] : [each.stmt]));
}

/** Walks the tree of PL/pgSQL: an EXECUTE is followed when its text is made of constants. */
function collect(tree: unknown, into: (Node | null)[]): void {
  if (Array.isArray(tree)) {
    for (const each of tree) collect(each, into);
    return;
  }
  if (!isRecord(tree)) return;
  for (const [key, value] of Object.entries(tree)) {
    if (key === "PLpgSQL_expr" && isRecord(value)) into.push(...statementIn(value));
    else if (key.startsWith("PLpgSQL_stmt_dyn") && isRecord(value)) {
      into.push(...executed(value["query"]));
      collect({ ...value, query: null }, into);
    } else collect(value, into);
  }
}

/** Statements as they are; expressions and assignments as the query that computes them. */
function statementIn(expression: Record<string, unknown>): Node[] {
  const text = queryOf(expression);
  const mode = Number(expression["parseMode"] ?? 0);
  // 0 is a statement, 2 an expression, from 3 on `variable := expression`.
  if (mode === 0) return nodesOf(text);
  return nodesOf(`SELECT ${mode === 2 ? text : text.replace(/^[^:=]*:?=/, "")}`);
}

function queryOf(expression: Record<string, unknown>): string {
  return typeof expression["query"] === "string" ? expression["query"] : "";
}

function executed(query: unknown): (Node | null)[] {
  const expression = isRecord(query) && isRecord(query["PLpgSQL_expr"]) ? query["PLpgSQL_expr"] : {};
  const [select] = nodesOf(`SELECT ${queryOf(expression)}`);
  const target = select !== undefined && "SelectStmt" in select ? select.SelectStmt.targetList?.[0] : undefined;
  const value = target !== undefined && "ResTarget" in target ? target.ResTarget.val : undefined;
  const text = value === undefined ? null : textOfConstant(value);
  return text === null ? [null] : nodesOf(text);
}

/** Language, text and volatility of a CREATE FUNCTION. */
export function functionParts(node: Extract<Node, { CreateFunctionStmt: unknown }>): {
  language: string;
  body: string | null;
  volatility: string;
} {
  const options = node.CreateFunctionStmt.options ?? [];
  const option = (name: string): Node | undefined =>
    options.flatMap((each) => ("DefElem" in each && each.DefElem.defname === name ? [each.DefElem.arg] : []))[0];
  const text = (value: Node | undefined): string | null =>
    value !== undefined && "String" in value ? (value.String.sval ?? "") : null;
  const as = option("as");
  return {
    language: (text(option("language")) ?? "sql").toLowerCase(),
    body: as !== undefined && "List" in as ? (fieldNames(as.List.items)[0] ?? null) : null,
    volatility: text(option("volatility")) ?? "volatile",
  };
}
