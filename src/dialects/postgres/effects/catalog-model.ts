// What the predictor needs to know of a database, as plain data: read from the introspected schema or made by `evolve`.
import type { Node, RangeVar } from "libpg-query";
import type { TypeRef } from "./type-ref.ts";

export interface CatalogColumn {
  readonly name: string;
  readonly type: TypeRef;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** Null: the type's own. */
  readonly collation: string | null;
  readonly generated: "stored" | "virtual" | null;
}

export interface CatalogConstraint {
  readonly name: string;
  readonly kind: "check" | "foreign-key" | "primary-key" | "unique" | "exclusion" | "not-null";
  readonly columns: readonly string[];
  readonly isValid: boolean;
  readonly isEnforced: boolean;
  /** Of a check: its expression. */
  readonly expression: Node | null;
  /** Of a foreign key: the key of the referenced relation and its columns (empty: the primary key). */
  readonly references: string | null;
  readonly referencedColumns: readonly string[];
  /** Of a foreign key: what becomes of a row whose referenced row goes (`a`, `r`: it is looked for; otherwise it is changed). */
  readonly onDelete: string;
  readonly onUpdate: string;
}

export interface CatalogIndex {
  readonly name: string;
  /** Key and INCLUDE columns; null for an expression. */
  readonly columns: readonly (string | null)[];
  /** How many of the columns are the key. */
  readonly keyColumns: number;
  /** Expressions and predicate included. */
  readonly dependsOn: readonly string[];
  /** Has an expression or a predicate: it is always built anew when a column under it changes its type. */
  readonly isComputed: boolean;
  readonly isUnique: boolean;
  readonly isValid: boolean;
  /** The constraint it stands behind. */
  readonly constraint: string | null;
}

export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "view" | "materialized-view" | "sequence" | "foreign-table";
  /** False: nobody said what it looks like, and the worst is assumed. */
  readonly isKnown: boolean;
  /** Number of the statement that created it, as `evolve` counts them; null: it was there before. */
  readonly createdBy: number | null;
  readonly columns: readonly CatalogColumn[];
  readonly constraints: readonly CatalogConstraint[];
  readonly indexes: readonly CatalogIndex[];
  readonly triggers: readonly string[];
  readonly isPartitioned: boolean;
  /** Columns of the partition key; null for an expression. */
  readonly partitionKey: readonly (string | null)[];
  /** Keys of the relations it inherits from or is a partition of. */
  readonly parents: readonly string[];
  readonly isPartition: boolean;
  readonly isDefaultPartition: boolean;
  /** Of a view: keys of the relations its query reads. */
  readonly uses: readonly string[];
  /** Of a sequence: the column that owns it. */
  readonly ownedBy: { readonly table: string; readonly column: string; readonly isIdentity: boolean } | null;
  readonly isUnlogged: boolean;
  readonly isTemporary: boolean;
  readonly accessMethod: string | null;
  readonly tablespace: string | null;
  /** Names of extended statistics objects over it. */
  readonly statistics: readonly string[];
}

export interface UserType {
  readonly kind: "domain" | "enum" | "other";
  /** Of a domain: what it is made of. */
  readonly base: TypeRef | null;
  /** Of a domain: CHECK constraints by name, with whether each is validated. */
  readonly checks: readonly string[];
  readonly notNull: boolean;
}

export type Volatility = "immutable" | "stable" | "volatile";

export interface UserFunction {
  /** The most volatile of its overloads. */
  readonly volatility: Volatility;
  readonly language: string;
  /** Its text; null when there are several of the name, or it has none. */
  readonly body: string | null;
}

export interface Catalog {
  /** Schemas that an unqualified name is looked up in. */
  readonly searchPath: readonly string[];
  /** By `schema.name`. */
  readonly relations: Readonly<Record<string, Relation>>;
  /** Types of the user by `schema.name`. */
  readonly types: Readonly<Record<string, UserType>>;
  /** Functions of the user by `schema.name`. */
  readonly functions: Readonly<Record<string, UserFunction>>;
  /** The session's time zone is UTC: changes between timestamp and timestamptz rewrite nothing. */
  readonly isUtc: boolean;
  /** Schemas that were read from a database: a relation that is not here is not there. */
  readonly described: readonly string[];
  /** How many statements `evolve` has read. */
  readonly statements: number;
}

/** A relation with the usual values; `parts` overrides them. */
export function makeRelation(parts: Partial<Relation> & Pick<Relation, "schema" | "name">): Relation {
  return {
    kind: "table",
    isKnown: true,
    createdBy: null,
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    isPartitioned: false,
    partitionKey: [],
    parents: [],
    isPartition: false,
    isDefaultPartition: false,
    uses: [],
    ownedBy: null,
    isUnlogged: false,
    isTemporary: false,
    accessMethod: null,
    tablespace: null,
    statistics: [],
    ...parts,
  };
}

export function keyOf(relation: Pick<Relation, "schema" | "name">): string {
  return `${relation.schema}.${relation.name}`;
}

/** The key under which a written name is found, or would be made. */
export function resolve(catalog: Catalog, parts: readonly string[]): string {
  const name = parts.at(-1) ?? "";
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  if (schema !== undefined) return `${schema}.${name}`;
  const found = ["pg_temp", ...catalog.searchPath]
    .map((each) => `${each}.${name}`)
    .find((key) => key in catalog.relations);
  return found ?? `${catalog.searchPath[0] ?? "public"}.${name}`;
}

/** The relation that a name stands for; one that nobody described is assumed to be a table of unknown shape. */
export function relationAt(catalog: Catalog, parts: readonly string[]): Relation {
  const key = resolve(catalog, parts);
  const dot = key.indexOf(".");
  return (
    catalog.relations[key] ?? makeRelation({ schema: key.slice(0, dot), name: key.slice(dot + 1), isKnown: false })
  );
}

/** The schema was read and has no such relation. */
export function isMissing(catalog: Catalog, relation: Relation): boolean {
  return !(keyOf(relation) in catalog.relations) && catalog.described.includes(relation.schema);
}

/** A relation of this name is there, or nobody said that it is not. */
export function mayExist(catalog: Catalog, range: RangeVar | undefined): boolean {
  const key = resolve(catalog, partsOf(range));
  return key in catalog.relations || !catalog.described.includes(key.slice(0, key.indexOf(".")));
}

export function partsOf(range: RangeVar | undefined): string[] {
  return range?.schemaname === undefined ? [range?.relname ?? ""] : [range.schemaname, range.relname ?? ""];
}

export function relationOf(catalog: Catalog, range: RangeVar | undefined): Relation {
  return relationAt(catalog, partsOf(range));
}

/** Partitions and inheriting tables, of all levels, without the relation itself. */
export function descendants(catalog: Catalog, relation: Relation): Relation[] {
  const children = Object.values(catalog.relations).filter((each) => each.parents.includes(keyOf(relation)));
  return children.flatMap((child) => [child, ...descendants(catalog, child)]);
}

/** The relation and, when it is asked for, everything below it. */
export function family(catalog: Catalog, relation: Relation, withDescendants: boolean): Relation[] {
  return withDescendants ? [relation, ...descendants(catalog, relation)] : [relation];
}

/** The index of this name with its table; null when no table has it. */
export function indexNamed(
  catalog: Catalog,
  parts: readonly string[],
): { readonly relation: Relation; readonly index: CatalogIndex } | null {
  const name = parts.at(-1);
  const schemas = parts.length > 1 ? [parts.at(-2)] : ["pg_temp", ...catalog.searchPath];
  for (const relation of Object.values(catalog.relations)) {
    if (!schemas.includes(relation.schema)) continue;
    const index = relation.indexes.find((each) => each.name === name);
    if (index !== undefined) return { relation, index };
  }
  return null;
}

/** Foreign keys of other tables, and of the table itself, that point at it. */
export function referencing(
  catalog: Catalog,
  relation: Relation,
): { readonly relation: Relation; readonly constraint: CatalogConstraint }[] {
  const key = keyOf(relation);
  return Object.values(catalog.relations).flatMap((each) =>
    each.constraints
      .filter((constraint) => constraint.references === key)
      .map((constraint) => ({ relation: each, constraint })),
  );
}

/** Sequences that belong to columns of the table. */
export function ownedSequences(catalog: Catalog, relation: Relation, column?: string): Relation[] {
  return Object.values(catalog.relations).filter(
    (each) => each.ownedBy?.table === keyOf(relation) && (column === undefined || each.ownedBy.column === column),
  );
}

/** Key of a user's type behind its written name; null when it is none that the catalog knows. */
export function userTypeKey(catalog: Catalog, parts: readonly string[]): string | null {
  const name = parts.at(-1) ?? "";
  const schemas = parts.length > 1 ? [parts.at(-2)] : catalog.searchPath;
  return schemas.map((schema) => `${schema ?? ""}.${name}`).find((key) => key in catalog.types) ?? null;
}

/** Finder of a user's types, for reading a written type. */
export function typesOf(catalog: Catalog): (parts: readonly string[]) => string | null {
  return (parts) => userTypeKey(catalog, parts);
}

/** What a domain is made of in the end, and whether a value may fail a constraint on the way. */
export function domainOf(catalog: Catalog, type: TypeRef): { readonly base: TypeRef; readonly isConstrained: boolean } {
  const found = catalog.types[type.name];
  if (found?.kind !== "domain" || found.base === null || type.isArray) return { base: type, isConstrained: false };
  const below = domainOf(catalog, found.base);
  return { base: below.base, isConstrained: below.isConstrained || found.notNull || found.checks.length > 0 };
}

export interface PredictFacts {
  /** Major version of the server. */
  readonly major: number;
}
