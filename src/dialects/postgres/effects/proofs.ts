// What CHECK constraints prove about rows, the way the server's own prover sees it, so that it can leave a scan out.
import type { Node } from "libpg-query";
import { fieldNames } from "../expression.ts";
import type { Relation } from "./catalog-model.ts";

/** The expression can only be true or unknown when the column is not NULL (manual, ALTER TABLE, SET NOT NULL). */
function provesNotNull(expression: Node, column: string): boolean {
  if ("NullTest" in expression)
    return expression.NullTest.nulltesttype === "IS_NOT_NULL" && isColumn(expression.NullTest.arg, column);
  if (!("BoolExpr" in expression)) return false;
  const args = expression.BoolExpr.args ?? [];
  const operator: string = expression.BoolExpr.boolop ?? "";
  switch (operator) {
    case "AND_EXPR":
      return args.some((each) => provesNotNull(each, column));
    case "OR_EXPR":
      return args.length > 0 && args.every((each) => provesNotNull(each, column));
    case "NOT_EXPR":
      return args.some((each) => isNullTest(each, column));
    default:
      return false;
  }
}

/** The parts of a condition that must all hold. */
export function conjuncts(expression: Node): Node[] {
  if ("BoolExpr" in expression && expression.BoolExpr.boolop === "AND_EXPR")
    return (expression.BoolExpr.args ?? []).flatMap(conjuncts);
  return [expression];
}

function isNullTest(node: Node, column: string): boolean {
  if ("NullTest" in node) return node.NullTest.nulltesttype === "IS_NULL" && isColumn(node.NullTest.arg, column);
  // NOT (a IS NULL OR b IS NULL)
  return "BoolExpr" in node && node.BoolExpr.boolop === "OR_EXPR"
    ? (node.BoolExpr.args ?? []).some((each) => isNullTest(each, column))
    : false;
}

export function isColumn(node: Node | undefined, column: string): boolean {
  if (node === undefined) return false;
  if ("TypeCast" in node) return false;
  return "ColumnRef" in node && fieldNames(node.ColumnRef.fields).at(-1) === column;
}

/** Rows are known to hold no NULL there: NOT NULL already, or a valid CHECK that says so (manual, ALTER TABLE, SET NOT NULL). */
export function isNeverNull(relation: Relation, column: string): boolean {
  if (relation.columns.some((each) => each.name === column && each.notNull)) return true;
  return relation.constraints.some(
    (constraint) =>
      constraint.kind === "check" &&
      constraint.isValid &&
      constraint.isEnforced &&
      constraint.expression !== null &&
      provesNotNull(constraint.expression, column),
  );
}
