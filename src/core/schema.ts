// The schema model shared by the dialects: what introspection read, as plain data.

/** How a column is stored and what the planner of queries is told about it; each has a default that is not spelled out. */
export interface ColumnSettings {
  /** `PLAIN`, `EXTERNAL`, `EXTENDED` or `MAIN`. */
  readonly storage: string;
  /** The storage is not the one of the type. */
  readonly ownStorage: boolean;
  readonly compression: string | null;
  readonly statistics: number | null;
  /** `n_distinct=-0.5` and the like. */
  readonly options: readonly string[];
}

export interface Column {
  readonly name: string;
  /** The type as the server prints it, with modifiers: `numeric(10,2)`. */
  readonly type: string;
  readonly notNull: boolean;
  /** Default expression as the server prints it; null when there is none. */
  readonly default: string | null;
  readonly identity: "always" | "default" | null;
  readonly generated: boolean;
  readonly collation: string | null;
  readonly comment: string | null;
  /** `=` tells every two different values apart; false for citext, numeric without scale, json and the like. */
  readonly exactlyComparable: boolean;
  readonly settings: ColumnSettings;
  /** Privileges on this column alone. */
  readonly grants: readonly Grant[];
  /** Facts that a second column would have to carry over and that shoofly does not. */
  readonly extras: readonly string[];
}

export interface Index {
  readonly name: string;
  /** Key and INCLUDE columns; null for an expression. */
  readonly columns: readonly (string | null)[];
  /** How many of the columns are the key; the rest is INCLUDE. */
  readonly keys: number;
  readonly unique: boolean;
  readonly valid: boolean;
  /** Behind a constraint of this name. */
  readonly constraint: string | null;
  /** `CREATE INDEX …` as the server prints it. */
  readonly definition: string;
  /** Every column the index depends on, expressions and predicate included. */
  readonly dependsOn: readonly string[];
  readonly partial: boolean;
  /** A chunk key: B-tree, unique, valid, plain NOT NULL columns in ascending order, default operator classes, not deferrable. */
  readonly walkable: boolean;
  readonly tablespace: string | null;
  readonly comment: string | null;
  /** `CLUSTER` goes by this index. */
  readonly clustered: boolean;
  readonly replicaIdentity: boolean;
  /** The index of the partitioned table that this one is attached to. */
  readonly parent: string | null;
  /** Storage parameters, `fillfactor=70`. */
  readonly options: readonly string[];
  /** Statistics targets of its columns, by number. */
  readonly statistics: readonly { readonly column: number; readonly target: number }[];
}

export interface Constraint {
  readonly name: string;
  readonly kind: "check" | "foreign-key" | "primary-key" | "unique" | "exclusion" | "not-null";
  readonly columns: readonly string[];
  readonly definition: string;
  readonly validated: boolean;
  /** Comes from the parent or the partitioned table. */
  readonly inherited: boolean;
  /** For a foreign key: the referenced table as `schema.table`. */
  readonly references: string | null;
  /** The same in parts, with the referenced columns in the order of `columns`. */
  readonly foreignKey: { readonly schema: string; readonly table: string; readonly columns: readonly string[] } | null;
  readonly comment: string | null;
}

export interface Trigger {
  readonly name: string;
  readonly definition: string;
  readonly onUpdate: boolean;
  readonly enabled: boolean;
  /** Fires BEFORE a row changes. */
  readonly before: boolean;
}

export interface Grant {
  /** Role name; empty string for PUBLIC. */
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** Something outside of a table that depends on its columns and can be made again over another column. */
export interface Carried {
  /** `view public.names` */
  readonly what: string;
  readonly isView: boolean;
  /** Views over views stand deeper. */
  readonly depth: number;
  readonly columns: readonly string[];
  /** Statements with qualified names. */
  readonly drop: readonly string[];
  /** Makes it as it is now, with owner, privileges and comments. */
  readonly create: readonly string[];
  /** Why it cannot be made again; null when it can. */
  readonly problem: string | null;
}

/** How a partitioned table is cut. */
export interface Partitioning {
  readonly strategy: "list" | "range" | "hash";
  /** The key's columns; null for an expression. */
  readonly columns: readonly (string | null)[];
  /** Name of the default partition in the same schema. */
  readonly defaultPartition: string | null;
}

/** Of a partition: where it hangs and which rows it takes. */
export interface PartitionPlace {
  readonly parent: string;
  /** `FOR VALUES …` or `DEFAULT`. */
  readonly bound: string;
  /** The same as a condition over its columns; null when it takes what is left. */
  readonly condition: string | null;
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "partitioned" | "partition" | "foreign" | "inheritance";
  /** Tables of the same schema that it is a partition or a child of. */
  readonly parents: readonly string[];
  readonly owner: string;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly constraints: readonly Constraint[];
  readonly triggers: readonly Trigger[];
  readonly grants: readonly Grant[];
  readonly rowSecurity: boolean;
  readonly comment: string | null;
  readonly partitioning: Partitioning | null;
  readonly partition: PartitionPlace | null;
  readonly rowSecurityForced: boolean;
  /** Storage parameters as `fillfactor=70`, those of its TOAST table with `toast.` before them. */
  readonly options: readonly string[];
  /** What ALTER TABLE … REPLICA IDENTITY is followed by. */
  readonly replicaIdentity: string;
  /** Foreign keys of other tables that point here. */
  readonly referencedBy: readonly {
    readonly table: string;
    /** Schema and name of that table apart. */
    readonly schema: string;
    readonly name: string;
    readonly constraint: string;
    /** The columns here, and those there that point to them, in the same order. */
    readonly columns: readonly string[];
    readonly from: readonly string[];
    /** What a delete here does to the rows there. */
    readonly onDelete: "no action" | "restrict" | "cascade" | "set null" | "set default";
  }[];
  readonly carried: readonly Carried[];
  /** What depends on a column, is not ours and cannot be made again elsewhere. */
  readonly dependents: readonly { readonly column: string; readonly what: string }[];
  /** Estimated rows; 0 when never analysed. */
  readonly rowsEstimate: number;
  readonly bytes: number;
  /** Attributes used, dropped ones included: the limit is 1600. */
  readonly attributes: number;
}

/** A view of a version schema that shoofly made. Once its migration is completed its column names are those of the table. */
export interface VersionView {
  readonly schema: string;
  readonly name: string;
  /** Column names and types in order. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What predictions of locks need of a relation beside its columns. */
export interface RelationObject {
  readonly name: string;
  /** As in `pg_class.relkind`: r, p, v, m, S, f. */
  readonly kind: string;
  /** `schema.table` of what it inherits from or is a partition of. */
  readonly parents: readonly string[];
  readonly isPartition: boolean;
  readonly isDefaultPartition: boolean;
  /** Columns; null for an expression. */
  readonly partitionKey: readonly (string | null)[];
  /** Of a view: `schema.relation` of everything its query reads. */
  readonly uses: readonly string[];
  /** Of a sequence: the column it belongs to. */
  readonly ownedBy: { readonly table: string; readonly column: string; readonly isIdentity: boolean } | null;
  readonly isUnlogged: boolean;
  readonly accessMethod: string | null;
  readonly tablespace: string | null;
  /** Names of extended statistics objects. */
  readonly statistics: readonly string[];
  /** Of a materialized view. */
  readonly indexes: readonly {
    readonly name: string;
    readonly unique: boolean;
    readonly columns: readonly (string | null)[];
  }[];
  readonly virtualColumns: readonly string[];
}

/** Everything in a schema that is no table, and how its relations hang together. */
export interface SchemaObjects {
  readonly relations: readonly RelationObject[];
  readonly types: readonly {
    readonly name: string;
    readonly kind: "domain" | "enum" | "other";
    /** Of a domain, as the server prints it. */
    readonly base: string | null;
    readonly checks: readonly string[];
    readonly notNull: boolean;
  }[];
  /** Each name once, with the most volatile of its overloads. */
  readonly functions: readonly {
    readonly name: string;
    readonly volatility: "immutable" | "stable" | "volatile";
    readonly language: string;
    /** Null when there are several of the name. */
    readonly body: string | null;
  }[];
}

/** An object of the catalog that can be dropped and made again. */
export interface ObjectDefinition {
  readonly kind: "view" | "materialized view" | "function" | "procedure" | "trigger" | "policy" | "statistics";
  readonly name: string;
  /** Of a trigger, a policy, a statistics object. */
  readonly table: string | null;
  /** Of a routine: names of its input types. */
  readonly arguments: readonly string[] | null;
  readonly drop: string;
  /** Makes it as it is now, with owner, privileges and comments; all names are qualified. */
  readonly create: readonly string[];
  /** What depends on it, in words. */
  readonly dependents: readonly string[];
}

export interface Schema {
  /** The schema that is migrated, e.g. `public`. */
  readonly name: string;
  readonly owner: string;
  /** Who may use the schema: `USAGE` grants. */
  readonly usage: readonly Grant[];
  readonly tables: readonly Table[];
  /** Other relations by name in the schema: views, materialized views, sequences, and the names of indexes. */
  readonly otherRelations: readonly { readonly name: string; readonly kind: string }[];
  readonly objects: SchemaObjects;
  readonly definitions: readonly ObjectDefinition[];
  /** The version that is offered now: its schema, or the migrated schema itself when clients use the tables. */
  readonly currentVersion: string;
  /** Views of every version schema of this schema, closed ones included. */
  readonly versionViews: readonly VersionView[];
  /** Schemas that hold functions, types and operators the expressions may use, in order: the role's search path. */
  readonly searchPath: readonly string[];
}

/** Facts of the server: each version quirk is one field. */
export interface Facts {
  readonly engine: "postgres";
  /** `18.4`. */
  readonly version: string;
  readonly major: number;
  /** Views can run with the rights of their caller (15 and later). */
  readonly hasSecurityInvokerViews: boolean;
}
