// The locks of queries and of statements that change rows. What triggers of the user do is not followed.
import type { Node, RangeVar } from "libpg-query";
import type { LockMode } from "../../../core/effect.ts";
import { fieldNames, isRecord, visit } from "../expression.ts";
import { family, keyOf, ownedSequences, referencing, relationAt, relationOf } from "./catalog-model.ts";
import type { Catalog, Relation } from "./catalog-model.ts";
import { steadyFunctions, volatileFunctions } from "./builtin-functions.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

/** Relations that a parse tree reads, without names of its WITH queries. */
export function relationsRead(node: Node, catalog: Catalog): Relation[] {
  const named: string[] = [];
  const ranges: RangeVar[] = [];
  visit([node], (kind, value) => {
    if (kind === "CommonTableExpr" && typeof value["ctename"] === "string") named.push(value["ctename"]);
    if (kind === "RangeVar") ranges.push(value);
  });
  return ranges
    .filter((range) => range.schemaname !== undefined || !named.includes(range.relname ?? ""))
    .map((range) => relationOf(catalog, range));
}

/** The relations with everything that the views among them read. */
export function expanded(relations: readonly Relation[], catalog: Catalog, seen: readonly string[] = []): Relation[] {
  return relations.flatMap((relation) => {
    const key = keyOf(relation);
    if (seen.includes(key)) return [];
    if (relation.kind !== "view") return family(catalog, relation, true);
    const below = relation.uses.map((use) => relationAt(catalog, use.split(".")));
    return [relation, ...expanded(below, catalog, [...seen, key])];
  });
}

/** A query that runs. What the functions do that it calls is another question (`callsIn`). */
export function queryTouches(node: Node, catalog: Catalog): Touch[] {
  const mode = lockingMode(node);
  const read = expanded(relationsRead(node, catalog), catalog);
  return [
    ...touchAll(read, mode, { scan: !isNarrow(node, read) }),
    ...sequenceTouches(node, catalog),
    ...changesIn(node, catalog),
  ];
}

/** FOR UPDATE and its kin take ROW SHARE (manual §13.3.1). */
function lockingMode(node: Node): LockMode {
  let isLocking = false;
  visit([node], (kind) => {
    if (kind === "LockingClause") isLocking = true;
  });
  return isLocking ? "ROW SHARE" : "ACCESS SHARE";
}

/** INSERT, UPDATE, DELETE and MERGE anywhere in the tree. */
function changesIn(node: Node, catalog: Catalog): Touch[] {
  const touches: Touch[] = [];
  visit([node], (kind, value) => {
    const range = isRecord(value["relation"]) ? value["relation"] : null;
    if (range === null) return;
    const relation = relationOf(catalog, range);
    if (kind === "InsertStmt") touches.push(...insertTouches(relation, value, catalog));
    if (kind === "UpdateStmt" || kind === "DeleteStmt" || kind === "MergeStmt") {
      const targets = expanded([relation], catalog);
      touches.push(...touchAll(targets, "ROW EXCLUSIVE", { scan: !isNarrow(node, targets) }));
      touches.push(...keyTouches(kind, relation, value, catalog));
    }
  });
  return touches;
}

/** Foreign keys are checked, or followed, by queries of the server's own on the other table. Rows are assumed to be there. */
function keyTouches(kind: string, relation: Relation, statement: Record<string, unknown>, catalog: Catalog): Touch[] {
  const set = Array.isArray(statement["targetList"]) ? columnNames(statement["targetList"]) : [];
  const isSet = (columns: readonly string[]): boolean => columns.some((column) => set.includes(column));
  const parents = relation.constraints.flatMap((each) =>
    kind === "UpdateStmt" && each.references !== null && each.isEnforced && isSet(each.columns)
      ? [relationAt(catalog, each.references.split("."))]
      : [],
  );
  const children = referencing(catalog, relation).flatMap(({ relation: child, constraint }): Touch[] => {
    const key =
      constraint.referencedColumns.length > 0
        ? constraint.referencedColumns
        : (relation.constraints.find((each) => each.kind === "primary-key")?.columns ?? []);
    if (!constraint.isEnforced || (kind === "UpdateStmt" && !isSet(key))) return [];
    const action = kind === "DeleteStmt" ? constraint.onDelete : constraint.onUpdate;
    return [{ relation: child, mode: action === "a" || action === "r" ? "ROW SHARE" : "ROW EXCLUSIVE" }];
  });
  return [...touchAll(parents, "ROW SHARE"), ...children];
}

function insertTouches(relation: Relation, statement: Record<string, unknown>, catalog: Catalog): Touch[] {
  const given = Array.isArray(statement["cols"]) ? columnNames(statement["cols"]) : null;
  const isGiven = (column: string): boolean => given === null || given.includes(column);
  const parents = relation.constraints.flatMap((each) =>
    each.references !== null && each.isEnforced && each.columns.every(isGiven)
      ? [relationAt(catalog, each.references.split("."))]
      : [],
  );
  const sequences = ownedSequences(catalog, relation).filter((each) => !isGiven(each.ownedBy?.column ?? ""));
  const targets = relation.kind === "view" ? expanded([relation], catalog) : [relation];
  return [
    ...touchAll([...targets, ...sequences], "ROW EXCLUSIVE"),
    ...touchAll(
      parents.filter((each) => each !== relation),
      "ROW SHARE",
    ),
  ];
}

function columnNames(targets: readonly unknown[]): string[] {
  return targets.flatMap((each) => {
    const target = isRecord(each) && isRecord(each["ResTarget"]) ? each["ResTarget"] : {};
    return typeof target["name"] === "string" ? [target["name"]] : [];
  });
}

/** nextval('s') and the like take ROW EXCLUSIVE on the sequence. */
function sequenceTouches(node: Node, catalog: Catalog): Touch[] {
  const touches: Touch[] = [];
  visit([node], (kind, value) => {
    if (kind !== "FuncCall" || !["nextval", "setval", "currval"].includes(fieldNames(value["funcname"]).at(-1) ?? ""))
      return;
    const [first] = argumentsOf(value);
    const name = textOf(first);
    const found = name === null ? serialSequences(first, catalog) : [relationAt(catalog, partsOfText(name))];
    touches.push(...touchAll(found, "ROW EXCLUSIVE"));
  });
  return touches;
}

function argumentsOf(call: Record<string, unknown>): unknown[] {
  return Array.isArray(call["args"]) ? call["args"] : [];
}

/** pg_get_serial_sequence('t', 'c'): the table is a written name, the column is as it is. */
function serialSequences(node: unknown, catalog: Catalog): Relation[] {
  if (!isRecord(node)) return [];
  if (isRecord(node["TypeCast"])) return serialSequences(node["TypeCast"]["arg"], catalog);
  const call = isRecord(node["FuncCall"]) ? node["FuncCall"] : {};
  const [table, column] = argumentsOf(call).map(textOf);
  if (fieldNames(call["funcname"]).at(-1) !== "pg_get_serial_sequence" || typeof table !== "string") return [];
  return ownedSequences(catalog, relationAt(catalog, partsOfText(table)), column ?? "");
}

function textOf(node: unknown): string | null {
  if (!isRecord(node)) return null;
  if (isRecord(node["TypeCast"])) return textOf(node["TypeCast"]["arg"]);
  const constant = isRecord(node["A_Const"]) ? node["A_Const"] : {};
  const text = isRecord(constant["sval"]) ? constant["sval"]["sval"] : null;
  return typeof text === "string" ? text : null;
}

function partsOfText(name: string): string[] {
  return name.split(".").map((part) => part.replace(/^"|"$/g, ""));
}

/** Looks up a constant by the first column of an index; the planner of the server may still choose to read the table. */
function isNarrow(node: Node, relations: readonly Relation[]): boolean {
  const columns = relations.flatMap((relation) => relation.indexes.flatMap((index) => index.columns.slice(0, 1)));
  let isFound = false;
  visit([node], (kind, value) => {
    const where = ["SelectStmt", "UpdateStmt", "DeleteStmt"].includes(kind) ? value["whereClause"] : undefined;
    if (where !== undefined && lookedUp(where).some((column) => columns.includes(column))) isFound = true;
  });
  return isFound;
}

function lookedUp(where: unknown): string[] {
  if (!isRecord(where)) return [];
  if (isRecord(where["BoolExpr"])) {
    const { boolop, args } = where["BoolExpr"];
    return boolop === "AND_EXPR" && Array.isArray(args) ? args.flatMap(lookedUp) : [];
  }
  const comparison = isRecord(where["A_Expr"]) ? where["A_Expr"] : {};
  const left = isRecord(comparison["lexpr"]) ? comparison["lexpr"] : {};
  const right = isRecord(comparison["rexpr"]) ? comparison["rexpr"] : {};
  if (fieldNames(comparison["name"]).at(-1) !== "=" || !isRecord(left["ColumnRef"]) || !("A_Const" in right)) return [];
  return fieldNames(left["ColumnRef"]["fields"]).slice(-1);
}

/** Functions that the tree calls and that are neither the server's own nor known to change nothing, by their key. */
export function callsIn(node: Node, catalog: Catalog): string[] {
  const calls: string[] = [];
  visit([node], (kind, value) => {
    if (kind !== "FuncCall") return;
    const parts = fieldNames(value["funcname"]);
    const name = parts.at(-1) ?? "";
    const isOwn = parts.length === 1 || parts[0] === "pg_catalog";
    if (isOwn && (volatileFunctions.has(name) || steadyFunctions.has(name) || aggregates.has(name))) return;
    calls.push(functionKey(catalog, parts));
  });
  return calls;
}

function functionKey(catalog: Catalog, parts: readonly string[]): string {
  const name = parts.at(-1) ?? "";
  const schemas = parts.length > 1 ? parts.slice(-2, -1) : catalog.searchPath;
  const keys = schemas.map((schema) => `${schema}.${name}`);
  return keys.find((key) => key in catalog.functions) ?? keys[0] ?? name;
}

const aggregates = new Set(
  "count sum avg min max array_agg string_agg bool_and bool_or every json_agg jsonb_agg json_object_agg jsonb_object_agg row_number rank dense_rank lag lead first_value last_value ntile percentile_cont percentile_disc coalesce".split(
    " ",
  ),
);
