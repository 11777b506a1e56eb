// What conditions over one table say about a single partition key: comparisons with constants, listed values, NULL.
import type { Node } from "libpg-query";
import { fieldNames } from "../expression.ts";
import { isColumn } from "./proofs.ts";

export type Constant = number | string;

export interface Comparison {
  readonly operator: string;
  readonly value: Constant | null;
}

/** `key op constant` and `constant op key`; null for anything else. */
export function comparisonOf(fact: Node, key: string): Comparison | null {
  if (!("A_Expr" in fact) || fact.A_Expr.kind !== "AEXPR_OP") return null;
  const { lexpr, rexpr } = fact.A_Expr;
  const operator = fieldNames(fact.A_Expr.name).at(-1) ?? "";
  if (rexpr !== undefined && isColumn(lexpr, key)) return { operator, value: constantOf(rexpr) };
  const turned: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=" };
  if (lexpr !== undefined && isColumn(rexpr, key))
    return { operator: turned[operator] ?? "", value: constantOf(lexpr) };
  return null;
}

/** The constants that a condition lets the key have, null among them for NULL; null when it is no such list. */
export function allowedBy(fact: Node, key: string): readonly (Constant | null)[] | null {
  if ("BoolExpr" in fact) {
    const parts = (fact.BoolExpr.args ?? []).map((each) => allowedBy(each, key));
    if (fact.BoolExpr.boolop === "OR_EXPR") return parts.includes(null) ? null : parts.flatMap((each) => each ?? []);
    if (fact.BoolExpr.boolop !== "AND_EXPR") return null;
    const [first, ...others] = parts.filter((each) => each !== null);
    if (first === undefined) return null;
    const forbidsNull = (fact.BoolExpr.args ?? []).some((each) => nullTest(each, key) === "IS_NOT_NULL");
    return first.filter((value) => others.every((each) => each.includes(value)) && (value !== null || !forbidsNull));
  }
  if (nullTest(fact, key) === "IS_NULL") return [null];
  const values = listedIn(fact, key);
  // A CHECK that is unknown lets the row in: a list says nothing about NULL.
  return values === null ? null : [...values, null];
}

/** `key = constant`, `key IN (…)` and `key = ANY (ARRAY[…])`, without NULL. */
function listedIn(fact: Node, key: string): Constant[] | null {
  if (!("A_Expr" in fact)) return null;
  const single = comparisonOf(fact, key);
  if (single !== null) return single.operator === "=" && single.value !== null ? [single.value] : null;
  const { kind, lexpr, rexpr, name } = fact.A_Expr;
  if (!isColumn(lexpr, key) || fieldNames(name).at(-1) !== "=" || rexpr === undefined) return null;
  const items = kind === "AEXPR_IN" ? itemsOf(rexpr) : kind === "AEXPR_OP_ANY" ? elementsOf(rexpr) : null;
  return items === null ? null : items.map(constantOf).flatMap((value) => (value === null ? [] : [value]));
}

function itemsOf(node: Node): Node[] | null {
  return "List" in node ? (node.List.items ?? []) : null;
}

function elementsOf(node: Node): Node[] | null {
  if ("TypeCast" in node) return node.TypeCast.arg === undefined ? null : elementsOf(node.TypeCast.arg);
  return "A_ArrayExpr" in node ? (node.A_ArrayExpr.elements ?? []) : null;
}

/** `IS_NULL` or `IS_NOT_NULL` when that is what is asked of the key. */
export function nullTest(node: Node, key: string): string | null {
  if (!("NullTest" in node) || !isColumn(node.NullTest.arg, key)) return null;
  return node.NullTest.nulltesttype ?? null;
}

export function constantOf(node: Node): Constant | null {
  if ("TypeCast" in node) return node.TypeCast.arg === undefined ? null : constantOf(node.TypeCast.arg);
  if (!("A_Const" in node) || node.A_Const.isnull === true) return null;
  if (node.A_Const.sval !== undefined) return node.A_Const.sval.sval ?? "";
  if (node.A_Const.fval !== undefined) return Number(node.A_Const.fval.fval);
  return node.A_Const.ival === undefined ? null : (node.A_Const.ival.ival ?? 0);
}

/** Order of two constants; texts only compare as equal, because their order is the collation's. */
export function compare(a: Constant | null, b: Constant | null): number | null {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a !== null && a === b ? 0 : null;
}
