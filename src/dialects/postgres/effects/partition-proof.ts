// Whether valid CHECK constraints of a table say already what a partition bound asks of its rows, or that no row is within it.
import type { Node, PartitionBoundSpec } from "libpg-query";
import { fieldNames } from "../expression.ts";
import type { Relation } from "./catalog-model.ts";
import { allowedBy, compare, comparisonOf, constantOf, nullTest } from "./key-facts.ts";
import type { Comparison, Constant } from "./key-facts.ts";
import { conjuncts, isNeverNull } from "./proofs.ts";

type Bound =
  | { readonly kind: "range"; readonly from: Limit; readonly to: Limit }
  | { readonly kind: "list"; readonly values: readonly (Constant | null)[] };

type Limit = { readonly value: Constant | null } | "unlimited";

/** Every row is within the bound. True only for what the server's prover finds as well: one key column, compared with constants. */
export function provesBound(child: Relation, parent: Relation, written: PartitionBoundSpec | undefined): boolean {
  const key = keyOfBound(parent, written);
  const bound = boundOf(written);
  if (key === null || bound === null) return false;
  const facts = factsOf(child);
  if (bound.kind === "range")
    return (
      isNeverNull(child, key) &&
      (bound.from === "unlimited" || facts.some((fact) => isAbove(comparisonOf(fact, key), bound))) &&
      (bound.to === "unlimited" || facts.some((fact) => isBelow(comparisonOf(fact, key), bound)))
    );
  const isNullSettled = bound.values.includes(null) || isNeverNull(child, key);
  return facts.some((fact) => {
    const allowed = allowedBy(fact, key);
    return (
      allowed !== null && allowed.every((value) => (value === null ? isNullSettled : bound.values.includes(value)))
    );
  });
}

/** No row is within the bound: what the server asks of the default partition. */
export function excludesBound(other: Relation, parent: Relation, written: PartitionBoundSpec | undefined): boolean {
  const key = keyOfBound(parent, written);
  const bound = boundOf(written);
  if (key === null || bound === null) return false;
  return factsOf(other).some((fact) => {
    const denied = negated(fact);
    return (denied !== null && holdsWithin(denied, key, bound)) || isElsewhere(fact, key, bound, other);
  });
}

/** Only the valid checks count, each split into what must hold together. */
function factsOf(table: Relation): Node[] {
  return table.constraints
    .filter((each) => each.kind === "check" && each.isValid && each.isEnforced)
    .flatMap((each) => (each.expression === null ? [] : conjuncts(each.expression)));
}

function keyOfBound(parent: Relation, written: PartitionBoundSpec | undefined): string | null {
  const [key, ...more] = parent.partitionKey;
  return written?.is_default === true || key === undefined || more.length > 0 ? null : key;
}

function boundOf(written: PartitionBoundSpec | undefined): Bound | null {
  if (written?.strategy === "l") return { kind: "list", values: (written.listdatums ?? []).map(constantOf) };
  const [from] = written?.lowerdatums ?? [];
  const [to] = written?.upperdatums ?? [];
  if (written?.strategy !== "r" || from === undefined || to === undefined) return null;
  return { kind: "range", from: limitOf(from), to: limitOf(to) };
}

function limitOf(node: Node): Limit {
  const isUnlimited =
    "ColumnRef" in node && ["minvalue", "maxvalue"].includes(fieldNames(node.ColumnRef.fields).at(-1) ?? "");
  return isUnlimited ? "unlimited" : { value: constantOf(node) };
}

type Range = Extract<Bound, { kind: "range" }>;

/** The comparison leaves nothing below the range. */
function isAbove(found: Comparison | null, { from }: Range): boolean {
  const order = found === null || from === "unlimited" ? null : compare(found.value, from.value);
  return order !== null && order >= 0 && [">=", ">", "="].includes(found?.operator ?? "");
}

/** The comparison leaves nothing above the range, whose end is not part of it. */
function isBelow(found: Comparison | null, { to }: Range): boolean {
  const order = found === null || to === "unlimited" ? null : compare(found.value, to.value);
  const operator = found?.operator ?? "";
  return order !== null && (operator === "<" ? order <= 0 : ["<=", "="].includes(operator) && order < 0);
}

function negated(fact: Node): Node | null {
  if (!("BoolExpr" in fact) || fact.BoolExpr.boolop !== "NOT_EXPR") return null;
  return fact.BoolExpr.args?.[0] ?? null;
}

/** Every row within the bound meets the condition. */
function holdsWithin(condition: Node, key: string, bound: Bound): boolean {
  if (bound.kind === "list") return bound.values.every((value) => holdsFor(condition, key, value));
  if ("BoolExpr" in condition && condition.BoolExpr.boolop === "AND_EXPR")
    return (condition.BoolExpr.args ?? []).every((each) => holdsWithin(each, key, bound));
  // Rows of a range have a key.
  if (nullTest(condition, key) === "IS_NOT_NULL") return true;
  const found = comparisonOf(condition, key);
  const within = (limit: Limit, operators: readonly string[], isIt: (order: number) => boolean): boolean => {
    const order = limit === "unlimited" || found === null ? null : compare(limit.value, found.value);
    return order !== null && isIt(order) && operators.includes(found?.operator ?? "");
  };
  return (
    within(bound.from, [">="], (order) => order >= 0) ||
    within(bound.from, [">"], (order) => order > 0) ||
    within(bound.to, ["<", "<="], (order) => order <= 0)
  );
}

function holdsFor(condition: Node, key: string, value: Constant | null): boolean {
  if ("BoolExpr" in condition) {
    const args = condition.BoolExpr.args ?? [];
    if (condition.BoolExpr.boolop === "AND_EXPR") return args.every((each) => holdsFor(each, key, value));
    return condition.BoolExpr.boolop === "OR_EXPR" && args.some((each) => holdsFor(each, key, value));
  }
  const test = nullTest(condition, key);
  if (test !== null) return (test === "IS_NULL") === (value === null);
  return value !== null && allowedBy(condition, key)?.includes(value) === true;
}

/** The condition keeps rows out of the bound by what it lets in. */
function isElsewhere(fact: Node, key: string, bound: Bound, table: Relation): boolean {
  if (bound.kind === "list") {
    const allowed = allowedBy(fact, key);
    const isNullSettled = !bound.values.includes(null) || isNeverNull(table, key);
    return (
      allowed !== null && allowed.every((value) => (value === null ? isNullSettled : !bound.values.includes(value)))
    );
  }
  const found = comparisonOf(fact, key);
  if (found === null) return false;
  const toEnd = bound.to === "unlimited" ? null : compare(found.value, bound.to.value);
  const toStart = bound.from === "unlimited" ? null : compare(found.value, bound.from.value);
  return (
    (toEnd !== null && toEnd >= 0 && [">=", ">", "="].includes(found.operator)) ||
    (toStart !== null && (found.operator === "<" ? toStart <= 0 : ["<=", "="].includes(found.operator) && toStart < 0))
  );
}
