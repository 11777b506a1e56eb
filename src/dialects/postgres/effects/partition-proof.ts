// Whether valid CHECK constraints of a table say already what a partition bound asks of its rows.
import type { Node, PartitionBoundSpec } from "libpg-query";
import { fieldNames } from "../expression.ts";
import type { Relation } from "./catalog-model.ts";
import { conjuncts, isColumn, isNeverNull } from "./proofs.ts";

type Constant = number | string;

/** True only for what the server's prover finds as well: one key column, comparisons of that column with constants. */
export function provesBound(child: Relation, parent: Relation, bound: PartitionBoundSpec | undefined): boolean {
  const [key, ...more] = parent.partitionKey;
  if (bound === undefined || bound.is_default === true || key === undefined || key === null || more.length > 0)
    return false;
  const facts = child.constraints
    .filter((each) => each.kind === "check" && each.isValid && each.isEnforced)
    .flatMap((each) => (each.expression === null ? [] : conjuncts(each.expression)));
  if (bound.strategy === "r")
    return isNeverNull(child, key) && provesLower(facts, key, bound) && provesUpper(facts, key, bound);
  if (bound.strategy === "l") return provesList(child, facts, key, bound);
  return false;
}

function provesLower(facts: readonly Node[], key: string, bound: PartitionBoundSpec): boolean {
  const limit = bound.lowerdatums?.[0];
  if (limit === undefined) return false;
  if (isUnlimited(limit)) return true;
  return facts.some((fact) =>
    comparisons(fact, key).some(({ operator, value }) => {
      const order = compare(value, constantOf(limit));
      return (
        order !== null &&
        ((operator === ">=" && order >= 0) || (operator === ">" && order >= 0) || (operator === "=" && order >= 0))
      );
    }),
  );
}

function provesUpper(facts: readonly Node[], key: string, bound: PartitionBoundSpec): boolean {
  const limit = bound.upperdatums?.[0];
  if (limit === undefined) return false;
  if (isUnlimited(limit)) return true;
  return facts.some((fact) =>
    comparisons(fact, key).some(({ operator, value }) => {
      const order = compare(value, constantOf(limit));
      return (
        order !== null &&
        ((operator === "<" && order <= 0) || (operator === "<=" && order < 0) || (operator === "=" && order < 0))
      );
    }),
  );
}

function provesList(child: Relation, facts: readonly Node[], key: string, bound: PartitionBoundSpec): boolean {
  const listed = (bound.listdatums ?? []).map(constantOf);
  if (listed.includes(null) || !isNeverNull(child, key)) return false;
  return facts.some((fact) => {
    const allowed = valuesOf(fact, key);
    return allowed !== null && allowed.every((value) => listed.includes(value));
  });
}

/** `key op constant` and `constant op key`. */
function comparisons(fact: Node, key: string): { operator: string; value: Constant | null }[] {
  if (!("A_Expr" in fact) || fact.A_Expr.kind !== "AEXPR_OP") return [];
  const { lexpr, rexpr } = fact.A_Expr;
  const operator = fieldNames(fact.A_Expr.name).at(-1) ?? "";
  if (rexpr !== undefined && isColumn(lexpr, key)) return [{ operator, value: constantOf(rexpr) }];
  const turned: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=" };
  if (lexpr !== undefined && isColumn(rexpr, key))
    return [{ operator: turned[operator] ?? "", value: constantOf(lexpr) }];
  return [];
}

/** The constants a condition lets the key have; null when it is no such list. */
function valuesOf(fact: Node, key: string): Constant[] | null {
  const single = comparisons(fact, key)[0];
  if (single?.operator === "=") return single.value === null ? null : [single.value];
  if (!("A_Expr" in fact) || !isColumn(fact.A_Expr.lexpr, key)) return null;
  if (fact.A_Expr.kind !== "AEXPR_IN" || fieldNames(fact.A_Expr.name).at(-1) !== "=") return null;
  const list = fact.A_Expr.rexpr;
  const values = list !== undefined && "List" in list ? (list.List.items ?? []).map(constantOf) : [];
  return values.length === 0 ? null : values.flatMap((value) => (value === null ? [] : [value]));
}

function isUnlimited(node: Node): boolean {
  return "ColumnRef" in node && ["minvalue", "maxvalue"].includes(fieldNames(node.ColumnRef.fields).at(-1) ?? "");
}

function constantOf(node: Node): Constant | null {
  if ("TypeCast" in node) return node.TypeCast.arg === undefined ? null : constantOf(node.TypeCast.arg);
  if (!("A_Const" in node) || node.A_Const.isnull === true) return null;
  if (node.A_Const.sval !== undefined) return node.A_Const.sval.sval ?? "";
  if (node.A_Const.fval !== undefined) return Number(node.A_Const.fval.fval);
  return node.A_Const.ival === undefined ? null : (node.A_Const.ival.ival ?? 0);
}

/** Order of two constants; texts only compare as equal, because their order is the collation's. */
function compare(a: Constant | null, b: Constant | null): number | null {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a !== null && a === b ? 0 : null;
}
