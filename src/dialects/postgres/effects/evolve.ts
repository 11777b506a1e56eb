// The catalog after a statement, so that statements can be predicted one after the other without a database.
import type { AlterDomainStmt, CreateStmt, CreateTrigStmt, IndexStmt, Node } from "libpg-query";
import { fieldNames } from "../expression.ts";
import { commandsOf } from "./alter-table.ts";
import {
  family,
  keyOf,
  makeRelation,
  mayExist,
  ownedSequences,
  partsOf,
  relationAt,
  relationOf,
  resolve,
  typesOf,
  userTypeKey,
} from "./catalog-model.ts";
import type { Catalog, CatalogColumn, CatalogIndex, Relation, UserFunction, UserType } from "./catalog-model.ts";
import { columnOf, columnsIn, hasInline, inlineConstraints, isSerial } from "./constraints.ts";
import { drop, move, rename } from "./evolve-names.ts";
import { evolveCommand, sequenceOf, withConstraint, withRelations } from "./evolve-table.ts";
import { functionParts } from "./procedures.ts";
import { relationsRead } from "./queries.ts";
import type { PredictFacts } from "./catalog-model.ts";
import { typeRef } from "./type-ref.ts";

/**
 * The catalog after one statement. What the statement creates is marked with its number (`createdBy`): locks on it block nobody
 * as long as nobody else can see it, which only the caller knows.
 */
export function evolve(catalog: Catalog, node: Node, _facts: PredictFacts): Catalog {
  const after = changed(catalog, node);
  return { ...after, statements: catalog.statements + 1 };
}

function changed(catalog: Catalog, node: Node): Catalog {
  if ("AlterTableStmt" in node) {
    const { relation, objtype } = node.AlterTableStmt;
    if (objtype === "OBJECT_INDEX" || objtype === "OBJECT_TYPE") return catalog;
    return commandsOf(node.AlterTableStmt).reduce(
      (now, command) => evolveCommand(now, relationOf(now, relation), command, relation?.inh !== true),
      catalog,
    );
  }
  if ("CreateStmt" in node) return createTable(catalog, node.CreateStmt);
  if ("CreateForeignTableStmt" in node && node.CreateForeignTableStmt.base !== undefined)
    return createTable(catalog, node.CreateForeignTableStmt.base, "foreign-table");
  if ("CreateTableAsStmt" in node) {
    const { into, objtype, query } = node.CreateTableAsStmt;
    if (!isFree(catalog, partsOf(into?.rel))) return catalog;
    const read = query === undefined ? [] : relationsRead(query, catalog);
    // The columns of a query are not worked out: the table is there, its shape is not known.
    return withRelations(catalog, {
      ...newRelation(catalog, partsOf(into?.rel)),
      kind: objtype === "OBJECT_MATVIEW" ? "materialized-view" : "table",
      isKnown: false,
      uses: objtype === "OBJECT_MATVIEW" ? read.map(keyOf) : [],
    });
  }
  if ("ViewStmt" in node) {
    const { view, query } = node.ViewStmt;
    const uses = query === undefined ? [] : relationsRead(query, catalog).map(keyOf);
    const before = relationOf(catalog, view);
    const isThere = keyOf(before) in catalog.relations || (node.ViewStmt.replace === true && mayExist(catalog, view));
    return withRelations(catalog, { ...(isThere ? before : newRelation(catalog, partsOf(view))), kind: "view", uses });
  }
  if ("CreateSeqStmt" in node) {
    const parts = partsOf(node.CreateSeqStmt.sequence);
    if (!isFree(catalog, parts)) return catalog;
    return withRelations(catalog, {
      ...newRelation(catalog, parts),
      kind: "sequence",
      ownedBy: ownerIn(node.CreateSeqStmt.options, catalog),
    });
  }
  if ("AlterSeqStmt" in node) {
    const owner = ownerIn(node.AlterSeqStmt.options, catalog);
    return owner === null
      ? catalog
      : withRelations(catalog, {
          ...relationOf(catalog, node.AlterSeqStmt.sequence),
          kind: "sequence",
          ownedBy: owner,
        });
  }
  if ("IndexStmt" in node) return createIndex(catalog, node.IndexStmt);
  if ("CreateTrigStmt" in node) return createTrigger(catalog, node.CreateTrigStmt);
  if ("DropStmt" in node) return drop(catalog, node.DropStmt);
  if ("RenameStmt" in node) return rename(catalog, node.RenameStmt);
  if ("AlterObjectSchemaStmt" in node) {
    const { relation, newschema } = node.AlterObjectSchemaStmt;
    if (relation === undefined || newschema === undefined) return catalog;
    const found = relationOf(catalog, relation);
    const sequences = ownedSequences(catalog, found).map(keyOf);
    return sequences.reduce(
      (now, key) => move(now, relationAt(now, key.split(".")), { schema: newschema }),
      move(catalog, found, { schema: newschema }),
    );
  }
  if ("CreateStatsStmt" in node) {
    const name = fieldNames(node.CreateStatsStmt.defnames).at(-1) ?? "";
    const tables = (node.CreateStatsStmt.relations ?? []).flatMap((each) => relationsRead(each, catalog));
    return withRelations(catalog, ...tables.map((each) => ({ ...each, statistics: [...each.statistics, name] })));
  }
  return changedTypes(catalog, node);
}

function changedTypes(catalog: Catalog, node: Node): Catalog {
  if ("CreateDomainStmt" in node) {
    const { domainname, typeName, constraints = [] } = node.CreateDomainStmt;
    const written = constraints.flatMap((each) => ("Constraint" in each ? [each.Constraint] : []));
    return withType(catalog, fieldNames(domainname), {
      kind: "domain",
      base: typeRef(typeName, typesOf(catalog)),
      checks: written.filter((each) => each.contype === "CONSTR_CHECK").map((each, at) => each.conname ?? `check${at}`),
      notNull: written.some((each) => each.contype === "CONSTR_NOTNULL"),
    });
  }
  if ("AlterDomainStmt" in node) return alterDomain(catalog, node.AlterDomainStmt);
  if ("CreateEnumStmt" in node) return withType(catalog, fieldNames(node.CreateEnumStmt.typeName), plainType("enum"));
  if ("CompositeTypeStmt" in node)
    return withType(catalog, partsOf(node.CompositeTypeStmt.typevar), plainType("other"));
  if ("CreateSchemaStmt" in node) {
    const { schemaname, if_not_exists: ifNotExists } = node.CreateSchemaStmt;
    // A new schema is empty: what is not known to be there is not there.
    return schemaname === undefined || ifNotExists === true
      ? catalog
      : { ...catalog, described: [...catalog.described, schemaname] };
  }
  if ("CreateFunctionStmt" in node) {
    const { language, body, volatility } = functionParts(node);
    const made: UserFunction = {
      language,
      body: node.CreateFunctionStmt.sql_body === undefined ? body : null,
      volatility: volatility === "immutable" || volatility === "stable" ? volatility : "volatile",
    };
    const key = creationKey(catalog, fieldNames(node.CreateFunctionStmt.funcname));
    return { ...catalog, functions: { ...catalog.functions, [key]: made } };
  }
  if ("VariableSetStmt" in node) {
    const { name, args = [], kind } = node.VariableSetStmt;
    const values = args.flatMap((each) =>
      "A_Const" in each && each.A_Const.sval !== undefined ? [each.A_Const.sval.sval ?? ""] : [],
    );
    if (name === "timezone")
      return { ...catalog, isUtc: kind === "VAR_SET_VALUE" && /^(utc|gmt|etc\/utc)$/i.test(values[0] ?? "") };
    if (name === "search_path" && kind === "VAR_SET_VALUE") return { ...catalog, searchPath: values };
  }
  return catalog;
}

function plainType(kind: UserType["kind"]): UserType {
  return { kind, base: null, checks: [], notNull: false };
}

function withType(catalog: Catalog, parts: readonly string[], type: UserType): Catalog {
  const key = resolve({ ...catalog, relations: {} }, parts);
  return { ...catalog, types: { ...catalog.types, [key]: type } };
}

function alterDomain(catalog: Catalog, statement: AlterDomainStmt): Catalog {
  const parts = fieldNames(statement.typeName);
  const key = userTypeKey(catalog, parts);
  const type = key === null ? undefined : catalog.types[key];
  if (key === null || type === undefined) return catalog;
  const constraint =
    statement.def !== undefined && "Constraint" in statement.def ? statement.def.Constraint : undefined;
  const after: Readonly<Record<string, UserType>> = {
    C: { ...type, checks: [...type.checks, constraint?.conname ?? `check${type.checks.length}`] },
    X: { ...type, checks: type.checks.filter((each) => each !== statement.name) },
    O: { ...type, notNull: true },
    N: { ...type, notNull: false },
  };
  return { ...catalog, types: { ...catalog.types, [key]: after[statement.subtype ?? ""] ?? type } };
}

function isFree(catalog: Catalog, parts: readonly string[]): boolean {
  return !(creationKey(catalog, parts) in catalog.relations);
}

/** Where a new relation goes: an unqualified name into the first schema of the path. */
function creationKey(catalog: Catalog, parts: readonly string[]): string {
  return resolve({ ...catalog, relations: {} }, parts);
}

function newRelation(catalog: Catalog, parts: readonly string[]): Relation {
  const key = creationKey(catalog, parts);
  const dot = key.indexOf(".");
  return makeRelation({ schema: key.slice(0, dot), name: key.slice(dot + 1), createdBy: catalog.statements });
}

function createTable(catalog: Catalog, statement: CreateStmt, kind: Relation["kind"] = "table"): Catalog {
  const isTemporary = statement.relation?.relpersistence === "t";
  const parts = isTemporary ? ["pg_temp", statement.relation?.relname ?? ""] : partsOf(statement.relation);
  if (!isFree(catalog, parts)) return catalog;
  const elements = statement.tableElts ?? [];
  const definitions = elements.flatMap((each) => ("ColumnDef" in each ? [each.ColumnDef] : []));
  const parents = (statement.inhRelations ?? []).flatMap((each) => relationsRead(each, catalog));
  const inherited = parents.flatMap((each) => each.columns);
  const copied = elements.flatMap((each) =>
    "TableLikeClause" in each
      ? likeParts(relationOf(catalog, each.TableLikeClause.relation), each.TableLikeClause.options ?? 0)
      : [],
  );
  const own = definitions.filter((each) => each.typeName !== undefined).map((each) => columnOf(each, catalog));
  const start: Relation = {
    ...newRelation(catalog, parts),
    kind,
    columns: distinct([...inherited, ...copied.flatMap((each) => each.columns), ...own]),
    constraints: [...parents.flatMap(inheritedConstraints), ...copied.flatMap((each) => each.constraints)],
    indexes: [
      ...copied.flatMap((each) => each.indexes),
      ...(statement.partbound === undefined ? [] : parents.flatMap((each) => each.indexes)),
    ],
    isPartitioned: statement.partspec !== undefined,
    partitionKey: (statement.partspec?.partParams ?? []).map((each) =>
      "PartitionElem" in each ? (each.PartitionElem.name ?? null) : null,
    ),
    parents: parents.map(keyOf),
    isPartition: statement.partbound !== undefined,
    isDefaultPartition: statement.partbound?.is_default === true,
    isUnlogged: statement.relation?.relpersistence === "u",
    isTemporary,
    isKnown: parents.every((each) => each.isKnown),
    accessMethod: statement.accessMethod ?? null,
    tablespace: statement.tablespacename ?? null,
  };
  // The name is known while its constraints are read: a table may refer to itself.
  const named = withRelations(catalog, start);
  const written = [
    ...definitions.flatMap((each) =>
      inlineConstraints(each).map((constraint) => ({ constraint, column: each.colname ?? "" })),
    ),
    ...elements.flatMap((each) => ("Constraint" in each ? [{ constraint: each.Constraint, column: null }] : [])),
  ];
  const table = written.reduce<Relation>(
    (into, { constraint, column }) => withConstraint(into, named, constraint, column),
    start,
  );
  const sequences = definitions
    .filter((each) => isSerial(each) || hasInline(each, "CONSTR_IDENTITY"))
    .map((each) => sequenceOf(catalog, table, each.colname ?? "", hasInline(each, "CONSTR_IDENTITY")));
  return withRelations(catalog, table, ...sequences);
}

function distinct(columns: readonly CatalogColumn[]): CatalogColumn[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

/** Foreign keys and keys of an inherited table are not inherited; partitions get them all. */
function inheritedConstraints(parent: Relation): Relation["constraints"] {
  return parent.constraints.filter((each) => parent.isPartitioned || each.kind === "check" || each.kind === "not-null");
}

const likeConstraints = 4;
const likeIndexes = 64;

/** LIKE copies columns and NOT NULL; the rest when it is asked for. */
function likeParts(source: Relation, options: number): Pick<Relation, "columns" | "constraints" | "indexes">[] {
  const wants = (bit: number): boolean => (options & bit) !== 0;
  return [
    {
      columns: source.columns,
      constraints: source.constraints.filter(
        (each) =>
          (each.kind === "check" && wants(likeConstraints)) ||
          (each.kind !== "check" && each.kind !== "foreign-key" && wants(likeIndexes)),
      ),
      indexes: wants(likeIndexes) ? source.indexes : [],
    },
  ];
}

function ownerIn(options: readonly Node[] | undefined, catalog: Catalog): Relation["ownedBy"] {
  for (const each of options ?? []) {
    if (!("DefElem" in each) || each.DefElem.defname !== "owned_by") continue;
    const parts =
      each.DefElem.arg !== undefined && "List" in each.DefElem.arg ? fieldNames(each.DefElem.arg.List.items) : [];
    if (parts.length < 2) return null;
    return { table: keyOf(relationAt(catalog, parts.slice(0, -1))), column: parts.at(-1) ?? "", isIdentity: false };
  }
  return null;
}

function createIndex(catalog: Catalog, statement: IndexStmt): Catalog {
  const relation = relationOf(catalog, statement.relation);
  const elements = [...(statement.indexParams ?? []), ...(statement.indexIncludingParams ?? [])].flatMap((each) =>
    "IndexElem" in each ? [each.IndexElem] : [],
  );
  const columns = elements.map((each) => each.name ?? null);
  const expressions = elements.flatMap((each) => columnsIn(each.expr));
  const make = (name: string): CatalogIndex => ({
    name,
    columns,
    keyColumns: statement.indexParams?.length ?? 0,
    dependsOn: [
      ...new Set([
        ...columns.flatMap((each) => (each === null ? [] : [each])),
        ...expressions,
        ...columnsIn(statement.whereClause),
      ]),
    ],
    isComputed: columns.includes(null) || statement.whereClause !== undefined,
    isUnique: statement.unique === true,
    isValid: true,
    constraint: null,
  });
  const all = family(catalog, relation, relation.isPartitioned && statement.relation?.inh === true);
  const changedTables = all
    .filter((each) => !each.indexes.some((index) => index.name === statement.idxname))
    .map((each) => {
      const name = each === relation ? statement.idxname : undefined;
      return { ...each, indexes: [...each.indexes, make(name ?? freeIndexName(each, columns))] };
    });
  return withRelations(catalog, ...changedTables);
}

/** The name that the server gives an index without one (source: ChooseIndexName). */
function freeIndexName(relation: Relation, columns: readonly (string | null)[]): string {
  const stem = [relation.name, ...columns.map((each) => each ?? "expr"), "idx"].join("_");
  const taken = relation.indexes.map((each) => each.name);
  if (!taken.includes(stem)) return stem;
  let number = 1;
  while (taken.includes(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

function createTrigger(catalog: Catalog, statement: CreateTrigStmt): Catalog {
  const relation = relationOf(catalog, statement.relation);
  const name = statement.trigname ?? "";
  if (relation.triggers.includes(name)) return catalog;
  return withRelations(catalog, { ...relation, triggers: [...relation.triggers, name] });
}
