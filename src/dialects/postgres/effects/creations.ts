// What creating an object does to the tables it is made of or made upon.
import type { CreateStmt, CreateTrigStmt, IndexStmt, Node, ViewStmt } from "libpg-query";
import type { LockMode } from "../../../core/effect.ts";
import { fieldNames } from "../expression.ts";
import { family, keyOf, mayExist, relationAt, relationOf } from "./catalog-model.ts";
import type { Catalog } from "./catalog-model.ts";
import { inlineConstraints } from "./constraints.ts";
import { createPartitionTouches } from "./partitions.ts";
import { functionParts, statementsOf } from "./procedures.ts";
import { queryTouches, relationsRead } from "./queries.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

/** Null: the statement creates nothing that is known here. */
export function createTouches(node: Node, catalog: Catalog): Touch[] | null {
  if ("CreateStmt" in node) return createTable(node.CreateStmt, catalog);
  if ("CreateForeignTableStmt" in node)
    return node.CreateForeignTableStmt.base === undefined ? [] : createTable(node.CreateForeignTableStmt.base, catalog);
  if ("CreateTableAsStmt" in node) {
    const { query, into, if_not_exists: ifNotExists } = node.CreateTableAsStmt;
    if (ifNotExists === true && keyOf(relationOf(catalog, into?.rel)) in catalog.relations) return [];
    return query === undefined ? [] : readOnce(query, catalog, into?.skipData === true);
  }
  if ("ViewStmt" in node) return createView(node.ViewStmt, catalog);
  if ("IndexStmt" in node) return createIndex(node.IndexStmt, catalog);
  if ("CreateTrigStmt" in node) return createTrigger(node.CreateTrigStmt, catalog);
  if ("CreateSeqStmt" in node) return ownerTouches(node.CreateSeqStmt.options, catalog);
  if ("CreateFunctionStmt" in node) return bodyTouches(node, catalog);
  if ("CreateSchemaStmt" in node) return (node.CreateSchemaStmt.schemaElts ?? []).length === 0 ? [] : null;
  if ("CreateStatsStmt" in node) {
    const tables = (node.CreateStatsStmt.relations ?? []).flatMap((each) => relationsRead(each, catalog));
    return touchAll(tables, "SHARE UPDATE EXCLUSIVE");
  }
  if ("RuleStmt" in node) {
    const actions = (node.RuleStmt.actions ?? []).flatMap((action) => relationsRead(action, catalog));
    return [
      ...touchAll([relationOf(catalog, node.RuleStmt.relation)], "ACCESS EXCLUSIVE"),
      ...touchAll(actions, "ACCESS SHARE"),
    ];
  }
  if ("CreatePolicyStmt" in node)
    return touchAll([relationOf(catalog, node.CreatePolicyStmt.table)], "ACCESS EXCLUSIVE");
  if ("CreatePublicationStmt" in node) return publicationTouches(node.CreatePublicationStmt.pubobjects, catalog);
  return null;
}

/** A query that runs once and whose result becomes a table. */
function readOnce(query: Node, catalog: Catalog, isEmpty: boolean): Touch[] {
  const touches = queryTouches(query, catalog);
  return isEmpty ? touches.map(({ relation, mode }) => ({ relation, mode })) : touches;
}

function createTable(statement: CreateStmt, catalog: Catalog): Touch[] {
  if (statement.if_not_exists === true && keyOf(relationOf(catalog, statement.relation)) in catalog.relations)
    return [];
  const parents = (statement.inhRelations ?? []).flatMap((each) => relationsRead(each, catalog));
  const own = keyOf(relationOf(catalog, statement.relation));
  const elements = statement.tableElts ?? [];
  const copied = elements.flatMap((each) =>
    "TableLikeClause" in each ? [relationOf(catalog, each.TableLikeClause.relation)] : [],
  );
  const constraints = [
    ...elements.flatMap((each) => ("Constraint" in each ? [each.Constraint] : [])),
    ...elements.flatMap((each) => ("ColumnDef" in each ? inlineConstraints(each.ColumnDef) : [])),
  ];
  const referenced = constraints
    .flatMap((each) => (each.pktable === undefined ? [] : [relationOf(catalog, each.pktable)]))
    .filter((each) => keyOf(each) !== own)
    .flatMap((each) => family(catalog, each, each.isPartitioned));
  return [
    ...(statement.partbound === undefined
      ? touchAll(parents, "SHARE UPDATE EXCLUSIVE")
      : parents.flatMap((parent) => createPartitionTouches(parent, statement.partbound, catalog))),
    ...touchAll(copied, "ACCESS SHARE"),
    ...touchAll(referenced, "SHARE ROW EXCLUSIVE"),
  ];
}

function createView(statement: ViewStmt, catalog: Catalog): Touch[] {
  const used = statement.query === undefined ? [] : relationsRead(statement.query, catalog);
  const isReplaced = statement.replace === true && mayExist(catalog, statement.view);
  return [
    ...touchAll(used, "ACCESS SHARE"),
    ...(isReplaced ? touchAll([relationOf(catalog, statement.view)], "ACCESS EXCLUSIVE") : []),
  ];
}

function createIndex(statement: IndexStmt, catalog: Catalog): Touch[] {
  const relation = relationOf(catalog, statement.relation);
  const mode: LockMode = statement.concurrent === true ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
  const isThere =
    statement.if_not_exists === true && relation.indexes.some((index) => index.name === statement.idxname);
  const all = family(catalog, relation, relation.isPartitioned && statement.relation?.inh === true && !isThere);
  return touchAll(all, mode, { scan: !isThere });
}

function createTrigger(statement: CreateTrigStmt, catalog: Catalog): Touch[] {
  const relation = relationOf(catalog, statement.relation);
  const all = family(catalog, relation, relation.isPartitioned && statement.row === true);
  const other = statement.constrrel === undefined ? [] : [relationOf(catalog, statement.constrrel)];
  return [...touchAll(all, "SHARE ROW EXCLUSIVE"), ...touchAll(other, "ACCESS SHARE")];
}

/** OWNED BY looks at the table. */
export function ownerTouches(options: readonly Node[] | undefined, catalog: Catalog): Touch[] {
  return touchAll(
    (options ?? []).flatMap((each) => {
      if (!("DefElem" in each) || each.DefElem.defname !== "owned_by") return [];
      const parts =
        each.DefElem.arg !== undefined && "List" in each.DefElem.arg ? fieldNames(each.DefElem.arg.List.items) : [];
      return parts.length < 2 ? [] : [relationAt(catalog, parts.slice(0, -1))];
    }),
    "ACCESS SHARE",
  );
}

export function publicationTouches(objects: readonly Node[] | undefined, catalog: Catalog): Touch[] {
  const ranges = (objects ?? []).flatMap((each) =>
    "PublicationObjSpec" in each && each.PublicationObjSpec.pubtable?.relation !== undefined
      ? [each.PublicationObjSpec.pubtable.relation]
      : [],
  );
  return ranges.flatMap((range) => {
    const relation = relationOf(catalog, range);
    return touchAll(family(catalog, relation, range.inh === true && !relation.isPartitioned), "SHARE UPDATE EXCLUSIVE");
  });
}

/** A function in SQL is read when it is made: its tables are opened. Other languages keep their text. */
function bodyTouches(node: Extract<Node, { CreateFunctionStmt: unknown }>, catalog: Catalog): Touch[] | null {
  const { language, body } = functionParts(node);
  const { sql_body: parsed } = node.CreateFunctionStmt;
  if (parsed !== undefined) return touchAll(relationsRead(parsed, catalog), "ACCESS SHARE");
  if (language !== "sql" || body === null) return [];
  return (
    statementsOf(language, body)?.flatMap((each) =>
      queryTouches(each, catalog).map(({ relation, mode }) => ({ relation, mode })),
    ) ?? null
  );
}
