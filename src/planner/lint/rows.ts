// Whether an UPDATE or DELETE goes for many rows: everything that does not name its rows by a unique key may.
import type { Node, RangeVar } from "libpg-query";
import type { Relation } from "../../dialects/postgres/effects/catalog-model.ts";
import { fieldNames, isRecord } from "../../dialects/postgres/expression.ts";

/** Columns that are unique in nearly every table nobody has described. */
const usualKeys = new Set(["id", "uuid", "key", "code", "slug", "name"]);

/** The verb and the table of an UPDATE or DELETE that may touch many rows; null otherwise. */
export function manyRowsOf(
  node: Node,
  relationOf: (range: RangeVar | undefined) => Relation,
): { readonly verb: "UPDATE" | "DELETE"; readonly range: RangeVar } | null {
  const verb = "UpdateStmt" in node ? "UPDATE" : "DeleteStmt" in node ? "DELETE" : null;
  const body = "UpdateStmt" in node ? node.UpdateStmt : "DeleteStmt" in node ? node.DeleteStmt : undefined;
  if (verb === null || body?.relation === undefined) return null;
  const fixed = fixedColumns(body.whereClause);
  const relation = relationOf(body.relation);
  const isByKey = relation.isKnown
    ? relation.indexes.some(
        (index) => index.isUnique && index.columns.every((name) => name !== null && fixed.has(name)),
      )
    : [...fixed].some((name) => usualKeys.has(name));
  return isByKey ? null : { verb, range: body.relation };
}

/** Columns that the condition sets equal to constants, alone or as a list. */
function fixedColumns(condition: unknown): Set<string> {
  if (!isRecord(condition)) return new Set();
  const both = condition["BoolExpr"];
  if (isRecord(both) && both["boolop"] === "AND_EXPR" && Array.isArray(both["args"]))
    return new Set(both["args"].flatMap((each) => [...fixedColumns(each)]));
  const test = condition["A_Expr"];
  if (!isRecord(test) || !["AEXPR_OP", "AEXPR_IN"].includes(String(test["kind"]))) return new Set();
  const left = isRecord(test["lexpr"]) ? test["lexpr"]["ColumnRef"] : undefined;
  const isEquality = fieldNames(test["name"]).at(-1) === "=";
  const isConstant = !JSON.stringify(test["rexpr"] ?? null).includes('"ColumnRef"');
  return isEquality && isConstant && isRecord(left) ? new Set([fieldNames(left["fields"]).at(-1) ?? ""]) : new Set();
}
