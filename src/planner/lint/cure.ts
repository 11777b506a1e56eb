// The safe way for one statement: the operation that knows it plans it alone, against what is known or assumed of its tables.
import type { RangeVar } from "libpg-query";
import { MigrationError } from "../../core/error.ts";
import type { Column, Constraint, Facts, Schema, Table } from "../../core/schema.ts";
import { compose } from "../../dialects/postgres/compose.ts";
import { startDraft } from "../../dialects/postgres/draft.ts";
import type { Draft } from "../../dialects/postgres/draft.ts";
import { relationOf } from "../../dialects/postgres/effects/catalog-model.ts";
import type { Catalog, Relation } from "../../dialects/postgres/effects/catalog-model.ts";
import type { TypeRef } from "../../dialects/postgres/effects/type-ref.ts";
import { isRecord, visit, fieldNames } from "../../dialects/postgres/expression.ts";
import { namesOf } from "../../dialects/postgres/names.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import { operations } from "../../operations/index.ts";

export interface Cure {
  /** The operation's slug; `raw` when none knows the statement. */
  readonly operation: string;
  /** Titles of the safe steps. */
  readonly plan: readonly string[];
  /** Why there is no safe way, and what to do about it; null when there is one. */
  readonly refusal: string | null;
}

export interface CureInput {
  readonly statement: Statement;
  /** Before the statement. */
  readonly catalog: Catalog;
  /** As introspected; null without a database. */
  readonly schema: Schema | null;
  readonly major: number;
  readonly migration: string;
}

/** Asks the operations in their order, as the planner does. */
export function cureOf(input: CureInput): Cure {
  const { statement } = input;
  const draft = draftFor(input);
  for (const match of operations) {
    const operation = attempt(() => match(statement, draft));
    if (operation instanceof MigrationError) return { operation: "raw", plan: [], refusal: reasonOf(operation) };
    if (operation === null) continue;
    const steps = attempt(() => compose({ draft: operation.apply(draft), checks: [] }));
    if (steps instanceof MigrationError) return { operation: operation.name, plan: [], refusal: reasonOf(steps) };
    const own = steps.filter((step) => step.kind !== "gate");
    return { operation: operation.name, plan: own.map((step) => `${step.id} ${step.title}`), refusal: null };
  }
  return { operation: "raw", plan: [], refusal: null };
}

function attempt<T>(act: () => T): T | MigrationError {
  try {
    return act();
  } catch (error) {
    if (error instanceof MigrationError) return error;
    // What is assumed of a table can be more than an operation is made for; the finding stands without its steps.
    return new MigrationError("change-refused", {
      happened: "The steps depend on more than the files say.",
      safeNext: ["shoofly plan makes them from the database."],
      cause: error,
    });
  }
}

/** The reason and the remedy without place and excerpt: the finding has those already. */
function reasonOf({ happened, safeNext }: MigrationError): string {
  const reason = (happened.split("\n")[0] ?? "").replace(/^[^\n]*?:\d+:\d+: /, "");
  return [reason, ...safeNext.slice(0, 1)].join(" ");
}

function draftFor({ statement, catalog, schema, major, migration }: CureInput): Draft {
  const named = rangesIn(statement);
  const target = named[0]?.schemaname ?? catalog.searchPath[0] ?? "public";
  const mentioned = columnsIn(statement);
  const tables = named
    .map((range) => relationOf(catalog, range))
    .filter((relation) => relation.kind === "table" && relation.schema === target)
    .map((relation) => tableOf(relation, mentioned, knownTable(schema, relation)));
  const facts: Facts = {
    engine: "postgres",
    version: `${major}`,
    major,
    hasSecurityInvokerViews: major >= 15,
  };
  const model: Schema = {
    name: target,
    owner: schema?.owner ?? "postgres",
    usage: schema?.usage ?? [],
    tables: [...new Map(tables.map((table) => [table.name, table])).values()],
    otherRelations: [],
    objects: { relations: [], types: [], functions: [] },
    definitions: [],
    currentVersion: target,
    versionViews: [],
    searchPath: catalog.searchPath,
  };
  const versionSchema = `${target}_${migration}`;
  return startDraft({
    mode: "views",
    migration,
    versionSchema,
    names: namesOf(migration, versionSchema),
    schema: model,
    facts,
  });
}

/** The introspected table, as long as no statement of the files has changed or made the relation since. */
function knownTable(schema: Schema | null, relation: Relation): Table | undefined {
  const found = schema?.tables.find((table) => table.schema === relation.schema && table.name === relation.name);
  const isSame =
    found !== undefined &&
    relation.createdBy === null &&
    found.columns.map(({ name }) => name).join() === relation.columns.map(({ name }) => name).join();
  return isSame ? found : undefined;
}

function rangesIn({ node }: Statement): RangeVar[] {
  const ranges: RangeVar[] = [];
  const collect = (value: unknown): void => {
    if (!isRecord(value)) return;
    const { relname, schemaname } = value;
    if (typeof relname === "string")
      ranges.push(typeof schemaname === "string" ? { relname, schemaname } : { relname });
  };
  // A relation of a DDL statement stands in a field of its own, without the name of its kind around it.
  walk(node, (key, value) => {
    if (key === "relation" || key === "pktable" || key === "RangeVar") collect(value);
  });
  if ("DropStmt" in node) {
    for (const each of node.DropStmt.objects ?? []) {
      const parts = "List" in each ? fieldNames(each.List.items) : [];
      const [relname, schemaname] = parts.toReversed();
      if (relname !== undefined) ranges.push(schemaname === undefined ? { relname } : { relname, schemaname });
    }
  }
  return ranges;
}

function walk(node: unknown, callback: (key: string, value: unknown) => void): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, callback);
    return;
  }
  if (!isRecord(node)) return;
  for (const [key, value] of Object.entries(node)) {
    callback(key, value);
    walk(value, callback);
  }
}

/** Every name that may be a column of the statement's table: what a table of unknown shape is assumed to have. */
function columnsIn({ node, command }: Statement): string[] {
  const names = new Set<string>();
  if (command?.name !== undefined && command.subtype !== "AT_AddColumn") names.add(command.name);
  if ("RenameStmt" in node && node.RenameStmt.subname !== undefined) names.add(node.RenameStmt.subname);
  visit(node, (kind, value) => {
    if (kind === "ColumnRef") names.add(fieldNames(value["fields"]).at(-1) ?? "*");
    if (kind === "IndexElem" && typeof value["name"] === "string") names.add(value["name"]);
    if (kind === "ResTarget" && typeof value["name"] === "string") names.add(value["name"]);
    if (kind === "Constraint")
      for (const key of ["keys", "fk_attrs"]) fieldNames(value[key]).forEach((name) => names.add(name));
  });
  names.delete("*");
  names.delete("");
  return [...names];
}

function tableOf(relation: Relation, mentioned: readonly string[], known: Table | undefined): Table {
  if (known !== undefined) return known;
  const columns = relation.isKnown ? relation.columns.map(knownColumn) : assumedColumns(mentioned);
  const key = columns[0]?.name ?? "id";
  const assumedKey = relation.isKnown ? [] : [primaryKeyOf(relation, key)];
  return {
    schema: relation.schema,
    name: relation.name,
    parents: [],
    kind: relation.isPartition ? "partition" : relation.isPartitioned ? "partitioned" : "table",
    owner: "postgres",
    columns,
    indexes: [
      ...assumedKey,
      ...relation.indexes.map((index) => ({
        name: index.name,
        columns: index.columns,
        unique: index.isUnique,
        valid: index.isValid,
        constraint: index.constraint,
        definition: indexDefinition(relation, index.name, index.isUnique, index.columns),
        dependsOn: index.dependsOn,
        partial: index.isComputed,
        walkable: isWalkable(relation, index),
        ...plainIndex,
        keys: index.columns.length,
      })),
    ],
    constraints: relation.constraints.map((constraint) => ({
      name: constraint.name,
      kind: constraint.kind,
      columns: constraint.columns,
      definition: definitionText(constraint),
      validated: constraint.isValid,
      inherited: false,
      references: constraint.references,
      foreignKey: foreignKeyOf(constraint),
      comment: null,
    })),
    triggers: [],
    grants: [],
    rowSecurity: false,
    rowSecurityForced: false,
    partitioning: relation.isPartitioned
      ? { strategy: "range", columns: relation.partitionKey, defaultPartition: null }
      : null,
    partition: null,
    options: [],
    replicaIdentity: "DEFAULT",
    comment: null,
    referencedBy: [],
    dependents: [],
    carried: [],
    rowsEstimate: 0,
    bytes: 0,
    attributes: columns.length,
  };
}

function isWalkable(relation: Relation, index: Relation["indexes"][number]): boolean {
  return (
    index.isUnique &&
    index.isValid &&
    !index.isComputed &&
    index.columns.every((name) => relation.columns.some((column) => column.name === name && column.notNull))
  );
}

function primaryKeyOf(relation: Relation, column: string): Table["indexes"][number] {
  const name = `${relation.name}_pkey`;
  return {
    name,
    columns: [column],
    unique: true,
    valid: true,
    constraint: name,
    definition: indexDefinition(relation, name, true, [column]),
    dependsOn: [column],
    partial: false,
    walkable: true,
    ...plainIndex,
    keys: 1,
  };
}

const plainIndex = {
  tablespace: null,
  comment: null,
  clustered: false,
  replicaIdentity: false,
  parent: null,
  options: [],
  statistics: [],
} as const;

/** As the server would print it, save the condition of a check, which nobody kept. */
function definitionText(constraint: Relation["constraints"][number]): string {
  const list = (columns: readonly string[]): string => columns.map(quoteIdentifier).join(", ");
  const foreignKey = foreignKeyOf(constraint);
  switch (constraint.kind) {
    case "unique":
      return `UNIQUE (${list(constraint.columns)})`;
    case "primary-key":
      return `PRIMARY KEY (${list(constraint.columns)})`;
    case "not-null":
      return `NOT NULL ${list(constraint.columns)}`;
    case "foreign-key":
      return foreignKey === null
        ? ""
        : `FOREIGN KEY (${list(constraint.columns)}) REFERENCES ${quoteQualified(foreignKey.schema, foreignKey.table)} (${list(foreignKey.columns)})`;
    case "check":
      return "CHECK (true)";
    case "exclusion":
      return "";
  }
}

function knownColumn(column: Relation["columns"][number]): Column {
  return {
    ...plainColumn(column.name, typeText(column.type)),
    notNull: column.notNull,
    default: column.hasDefault ? "NULL" : null,
    generated: column.generated !== null,
    collation: column.collation,
  };
}

/** A table that nobody described has a key, and the columns that the statement speaks of. */
function assumedColumns(mentioned: readonly string[]): Column[] {
  const key = mentioned.includes("id") ? "row_id" : "id";
  return [{ ...plainColumn(key, "bigint"), notNull: true }, ...mentioned.map((name) => plainColumn(name, "text"))];
}

function plainColumn(name: string, type: string): Column {
  return {
    name,
    type,
    notNull: false,
    default: null,
    identity: null,
    generated: false,
    collation: null,
    comment: null,
    exactlyComparable: true,
    settings: { storage: "PLAIN", ownStorage: false, compression: null, statistics: null, options: [] },
    grants: [],
    extras: [],
  };
}

/** As the server would print it; an expression, which the catalog does not keep as text, becomes a constant. */
function indexDefinition(
  { schema, name }: Relation,
  index: string,
  isUnique: boolean,
  columns: readonly (string | null)[],
): string {
  const keys = columns.map((column) => (column === null ? "(1)" : quoteIdentifier(column)));
  return `CREATE ${isUnique ? "UNIQUE " : ""}INDEX ${quoteIdentifier(index)} ON ${quoteQualified(schema, name)} USING btree (${keys.join(", ")})`;
}

function foreignKeyOf({ references, referencedColumns }: Relation["constraints"][number]): Constraint["foreignKey"] {
  if (references === null) return null;
  const dot = references.indexOf(".");
  return { schema: references.slice(0, dot), table: references.slice(dot + 1), columns: referencedColumns };
}

function typeText({ name, modifiers, isArray }: TypeRef): string {
  return `${name}${modifiers.length === 0 ? "" : `(${modifiers.join(",")})`}${isArray ? "[]" : ""}`;
}
