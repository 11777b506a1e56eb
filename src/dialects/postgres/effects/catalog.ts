// The catalog that predictions start from: an introspected schema, or nothing at all.
import { parseSync } from "libpg-query";
import type { Constraint } from "libpg-query";
import type { RelationObject, Schema, Table } from "../../../core/schema.ts";
import { keyOf, makeRelation, typesOf } from "./catalog-model.ts";
import type { Catalog, CatalogConstraint, CatalogIndex, Relation, UserType } from "./catalog-model.ts";
import { fieldNames } from "../expression.ts";
import { quoteIdentifier } from "../../../sql/identifier.ts";
import { typeRefOf } from "./type-ref.ts";
import type { TypeRef } from "./type-ref.ts";

export type { Catalog } from "./catalog-model.ts";

/** A database nobody has described: every table that a statement names is assumed to be there. */
export const emptyCatalog: Catalog = {
  searchPath: ["public"],
  relations: {},
  types: {},
  functions: {},
  isUtc: false,
  described: [],
  statements: 0,
};

/** The catalog of an introspected schema. Tables of other schemas are not described: the worst is assumed of them. */
export function catalogOf(schema: Schema): Catalog {
  const { types, functions, relations } = schema.objects;
  const named: Catalog = {
    ...emptyCatalog,
    searchPath: schema.searchPath,
    described: [schema.name],
    types: Object.fromEntries(
      types.map(({ name, kind, checks, notNull }) => [`${schema.name}.${name}`, { kind, base: null, checks, notNull }]),
    ),
    functions: Object.fromEntries(functions.map(({ name, ...rest }) => [`${schema.name}.${name}`, rest])),
  };
  const bases = types.map(({ name, base, ...type }): [string, UserType] => [
    `${schema.name}.${name}`,
    { ...type, base: base === null ? null : typeRefOf(base, typesOf(named)) },
  ]);
  const tables = new Map(schema.tables.map((table) => [table.name, table]));
  const read = remembering((text) => typeRefOf(text, typesOf(named)));
  const made = relations.map((object) => relationOf(schema.name, object, tables.get(object.name), read));
  return {
    ...named,
    types: Object.fromEntries(bases),
    relations: Object.fromEntries(made.map((relation) => [keyOf(relation), relation])),
  };
}

const kinds: Readonly<Record<string, Relation["kind"]>> = {
  v: "view",
  m: "materialized-view",
  S: "sequence",
  f: "foreign-table",
};

function relationOf(
  schema: string,
  object: RelationObject,
  table: Table | undefined,
  read: (type: string) => TypeRef,
): Relation {
  const { kind, virtualColumns, indexes, ...facts } = object;
  const columns = (table?.columns ?? []).map((column): Relation["columns"][number] => ({
    name: column.name,
    type: read(column.type),
    notNull: column.notNull,
    hasDefault: column.default !== null,
    collation: collationName(column.collation),
    generated: !column.generated ? null : virtualColumns.includes(column.name) ? "virtual" : "stored",
  }));
  const own = indexes.map((index): CatalogIndex => ({
    name: index.name,
    columns: index.columns,
    keyColumns: index.columns.length,
    dependsOn: index.columns.flatMap((column) => (column === null ? [] : [column])),
    isComputed: index.columns.includes(null),
    isUnique: index.unique,
    isValid: true,
    constraint: null,
  }));
  return makeRelation({
    ...facts,
    schema,
    kind: kinds[kind] ?? "table",
    isPartitioned: kind === "p",
    columns,
    constraints: (table?.constraints ?? []).map(constraintOfTable),
    indexes: [...own, ...(table?.indexes ?? []).map(indexOfTable)],
    triggers: (table?.triggers ?? []).map((each) => each.name),
  });
}

/** Large schemas have few types: each spelling is parsed once. */
function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? read(text);
    known.set(text, found);
    return found;
  };
}

/** A collation as it is written in SQL, without its schema. */
function collationName(printed: string | null): string | null {
  return printed === null ? null : printed.slice(printed.indexOf(".") + 1).replaceAll('"', "");
}

function indexOfTable(index: Table["indexes"][number]): CatalogIndex {
  return {
    name: index.name,
    columns: index.columns,
    keyColumns: index.keys,
    dependsOn: index.dependsOn,
    isComputed: index.partial || index.columns.includes(null),
    isUnique: index.unique,
    isValid: index.valid,
    constraint: index.constraint,
  };
}

function constraintOfTable(constraint: Table["constraints"][number]): CatalogConstraint {
  const isRead = constraint.kind === "check" || constraint.kind === "foreign-key";
  const written = isRead ? parsedConstraint(constraint.definition) : undefined;
  return {
    name: constraint.name,
    kind: constraint.kind,
    columns: constraint.columns,
    isValid: constraint.validated,
    // The parser leaves out what is false.
    isEnforced: written === undefined || written.is_enforced === true,
    expression: written?.raw_expr ?? null,
    references: constraint.references,
    referencedColumns: fieldNames(written?.pk_attrs),
    onDelete: written?.fk_del_action ?? "a",
    onUpdate: written?.fk_upd_action ?? "a",
  };
}

/** `CHECK (…)`, `FOREIGN KEY …` as the server prints it. */
function parsedConstraint(definition: string): Constraint | undefined {
  const statement = parseSync(`ALTER TABLE ${quoteIdentifier("t")} ADD ${definition}`).stmts?.[0]?.stmt;
  const command =
    statement !== undefined && "AlterTableStmt" in statement ? statement.AlterTableStmt.cmds?.[0] : undefined;
  const def = command !== undefined && "AlterTableCmd" in command ? command.AlterTableCmd.def : undefined;
  return def !== undefined && "Constraint" in def ? def.Constraint : undefined;
}
