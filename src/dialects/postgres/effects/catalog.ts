// The catalog that predictions start from: an introspected schema, or nothing at all.
import { parseSync } from "libpg-query";
import type { Constraint } from "libpg-query";
import type { Schema, Table } from "../../../core/schema.ts";
import { keyOf, makeRelation, typesOf } from "./catalog-model.ts";
import type { Catalog, CatalogConstraint, Relation } from "./catalog-model.ts";
import { fieldNames } from "../expression.ts";
import { quoteIdentifier } from "../../../sql/identifier.ts";
import { typeRefOf } from "./type-ref.ts";

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
  const empty: Catalog = { ...emptyCatalog, searchPath: schema.searchPath, described: [schema.name] };
  const tables = schema.tables.map((table) => tableOf(table, empty));
  const others = schema.otherRelations.flatMap(({ name, kind }): Relation[] => {
    const known = ({ v: "view", m: "materialized-view", S: "sequence" } as const)[kind];
    return known === undefined ? [] : [makeRelation({ schema: schema.name, name, kind: known })];
  });
  return { ...empty, relations: Object.fromEntries([...others, ...tables].map((each) => [keyOf(each), each])) };
}

function tableOf(table: Table, catalog: Catalog): Relation {
  return makeRelation({
    schema: table.schema,
    name: table.name,
    kind: table.kind === "foreign" ? "foreign-table" : "table",
    columns: table.columns.map((column) => ({
      name: column.name,
      type: typeRefOf(column.type, typesOf(catalog)),
      notNull: column.notNull,
      hasDefault: column.default !== null,
      collation: column.collation,
      generated: column.generated ? "stored" : null,
    })),
    constraints: table.constraints.map((each) => constraintOfTable(each)),
    indexes: table.indexes.map((index) => ({
      name: index.name,
      columns: index.columns,
      dependsOn: index.dependsOn,
      isComputed: index.partial || index.columns.includes(null),
      isUnique: index.unique,
      isValid: index.valid,
      constraint: index.constraint,
    })),
    triggers: table.triggers.map((each) => each.name),
    isPartitioned: table.kind === "partitioned",
    isPartition: table.kind === "partition",
  });
}

function constraintOfTable(constraint: Table["constraints"][number]): CatalogConstraint {
  const written = parsedConstraint(constraint.definition);
  return {
    name: constraint.name,
    kind: constraint.kind,
    columns: constraint.columns,
    isValid: constraint.validated,
    isEnforced: written?.is_enforced !== false || !["check", "foreign-key"].includes(constraint.kind),
    expression: written?.raw_expr ?? null,
    references: constraint.references,
    referencedColumns: fieldNames(written?.pk_attrs),
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
