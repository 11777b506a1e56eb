// The draft of a plan: what a migration's statements, read one after the other, make of each table. Plain data.
import type { AddedSequence } from "./added-sequence.ts";
import type { Finding } from "../../core/finding.ts";
import type { Preflight } from "../../core/plan.ts";
import type { Column, Facts, Schema, Table } from "../../core/schema.ts";
import type { Template } from "./expression.ts";
import { isOwnColumn } from "./names.ts";
import type { Names } from "./names.ts";
import type { Statement } from "./parse.ts";
import type { DroppedConstraint, NewConstraint, NewIndex } from "./new-constraint.ts";
import type { NewStep } from "./step-parts.ts";

/** A second column that takes the place of an existing one at the switch. */
export interface Replacement {
  readonly physical: string;
  readonly type: string;
  readonly collation: string | null;
  readonly up: Template;
  readonly down: Template;
  readonly notNull: boolean;
  /** Default expression in the new shape. */
  readonly default: string | null;
  /** The value may not fit back: a down that can fail for values of the new type. */
  readonly narrowsBack: boolean;
}

/** A column that the migration adds. */
export interface Addition {
  /** `type [COLLATE …] [DEFAULT …] [NOT NULL]` as the author wrote it, for ADD COLUMN. */
  readonly definition: string;
  /** Value for rows of the old version; null: the default does it. */
  readonly up: Template | null;
  /** Its default expression, however it is set. */
  readonly default: string | null;
  /** Set after the column is there, because evaluating it per row would rewrite the table. */
  readonly lateDefault: string | null;
  /** Enforced by a validated check until the switch makes it the column's own. */
  readonly lateNotNull: boolean;
  /** Numbers its rows. */
  readonly sequence?: AddedSequence;
  /** Computed by the server from these physical columns when it is read. */
  readonly generatedFrom?: readonly string[];
}

export interface ColumnDraft {
  /** Name in the old version; null when it was not there. */
  readonly oldName: string | null;
  /** Name in the new version; null when it is dropped. */
  readonly newName: string | null;
  /** Name in the table until the switch. */
  readonly physical: string;
  readonly type: string;
  readonly column: Column | null;
  readonly replacement: Replacement | null;
  readonly addition: Addition | null;
  /** Of a dropped column: the value for rows that the new version writes. */
  readonly down: Template | null;
  /** NOT NULL without a second column: from the switch on, or for new rows from the start. */
  readonly enforceNotNull: "no" | "from-switch" | "from-start";
  /** The default of the new shape, null for none; absent: unchanged. Old writers keep the old one until the switch. */
  readonly newDefault?: string | null;
  /** Storage, statistics and the like, in the order of the file. */
  readonly settings?: readonly ColumnSetting[];
  /** Absent: unchanged. */
  readonly newComment?: string | null;
}

/** Clauses of ALTER COLUMN that change no value. */
export interface ColumnSetting {
  readonly clause: string;
  readonly undo: readonly string[];
  readonly lock: "ACCESS EXCLUSIVE" | "SHARE UPDATE EXCLUSIVE";
}

/** A change of rows that the author asked for. Changes run in the order of the file. */
export interface DataChange {
  readonly id: string;
  /** Physical names of the tables whose rows it reads along or changes. */
  readonly tables: readonly string[];
  readonly step: NewStep;
  /** What the step needs before it: its archive. */
  readonly prepare: NewStep | null;
  /** Keeps what the undo needs, until purge. */
  readonly archive: string;
  /** For SET NOT NULL on the same column: `c = expr where c is null`, nothing else. */
  readonly fillsNullsOf: { readonly table: string; readonly column: string; readonly value: Template } | null;
  /** Of an UPDATE: what a later statement needs to make it the `up` of added columns. */
  readonly update?: RowUpdate;
}

export interface RowUpdate {
  readonly table: string;
  /** Physical columns that it sets. */
  readonly sets: readonly string[];
  readonly statement: Statement;
  /** Each column of the new shape and its expression; null when the statement is not plain. */
  readonly assignments: readonly Assignment[] | null;
  readonly where: Clause | null;
}

/** A piece of a statement and where it begins in the file. */
export interface Clause {
  readonly text: string;
  readonly start: number;
}

export interface Assignment {
  readonly column: string;
  readonly value: Clause;
}

export interface TableDraft {
  /** Name in the database until the switch. */
  readonly name: string;
  /** Name in the old version; null when it was not there. */
  readonly oldName: string | null;
  /** Name in the new version; null when it is dropped. */
  readonly newName: string | null;
  /** Null for a table that the migration creates. */
  readonly table: Table | null;
  readonly columns: readonly ColumnDraft[];
}

/** How both versions are offered: the new one as a schema of views, or as columns beside the old ones. */
export type VersionMode = "views" | "direct";

export interface Draft {
  readonly mode: VersionMode;
  readonly migration: string;
  readonly versionSchema: string;
  readonly names: Names;
  readonly schema: Schema;
  readonly facts: Facts;
  readonly tables: Readonly<Record<string, TableDraft>>;
  readonly changes: readonly DataChange[];
  /** Added to tables that are there, in the order of the file. */
  readonly constraints: readonly NewConstraint[];
  readonly dropped: readonly DroppedConstraint[];
  readonly indexes: readonly NewIndex[];
  readonly renamedConstraints: readonly { readonly table: string; readonly from: string; readonly to: string }[];
  /** Steps that stand on their own, in the order of the file; ids are given later. */
  readonly steps: readonly NewStep[];
  readonly hazards: readonly Finding[];
  readonly preflight: readonly Preflight[];
}

export function startDraft(input: {
  mode: VersionMode;
  migration: string;
  versionSchema: string;
  names: Names;
  schema: Schema;
  facts: Facts;
}): Draft {
  const tables = Object.fromEntries(
    input.schema.tables.map((table) => [
      table.name,
      { name: table.name, oldName: table.name, newName: table.name, table, columns: table.columns.map(draftOf) },
    ]),
  );
  return {
    ...input,
    tables,
    changes: [],
    constraints: [],
    dropped: [],
    indexes: [],
    renamedConstraints: [],
    steps: [],
    hazards: [],
    preflight: [],
  };
}

/** A column that an earlier migration retired and did not purge yet belongs to no version: it only stands in the table. */
function draftOf(column: Column): ColumnDraft {
  const name = isOwnColumn(column.name) ? null : column.name;
  return {
    oldName: name,
    newName: name,
    physical: column.name,
    type: column.type,
    column,
    replacement: null,
    addition: null,
    down: null,
    enforceNotNull: "no",
  };
}

export function withTable(draft: Draft, table: TableDraft): Draft {
  return { ...draft, tables: { ...draft.tables, [table.name]: table } };
}

/** Replaces one column of a table, found by its physical name. */
export function withColumn(draft: Draft, table: TableDraft, column: ColumnDraft): Draft {
  const columns = table.columns.map((each) => (each.physical === column.physical ? column : each));
  return withTable(draft, { ...table, columns });
}

export function withChange(draft: Draft, change: DataChange): Draft {
  return { ...draft, changes: [...draft.changes, change] };
}

export function withStep(draft: Draft, ...steps: readonly NewStep[]): Draft {
  return { ...draft, steps: [...draft.steps, ...steps] };
}

/** The table of the new version with this name. */
export function tableNamed(draft: Draft, name: string): TableDraft | undefined {
  return Object.values(draft.tables).find((table) => table.newName === name);
}

/** A name of a relation that the new version uses, or that is taken until the switch. */
export function isTaken(draft: Draft, name: string): boolean {
  return (
    draft.tables[name] !== undefined ||
    tableNamed(draft, name) !== undefined ||
    draft.schema.otherRelations.some((each) => each.name === name)
  );
}

/** The column of the new shape with this name. */
export function columnNamed(table: TableDraft, name: string): ColumnDraft | undefined {
  return table.columns.find((column) => column.newName === name);
}

/** The physical column that holds the new version's value until the switch. */
export function holderOf(column: ColumnDraft): string {
  return column.replacement?.physical ?? column.physical;
}

/** The default of the new shape's column; null for identity and generated columns, whose values the server makes. */
export function defaultOf(column: ColumnDraft): string | null {
  if (column.replacement !== null) return column.replacement.default;
  return column.newDefault === undefined ? tableDefaultOf(column) : column.newDefault;
}

/** The default that the physical column has until the switch. */
export function tableDefaultOf(column: ColumnDraft): string | null {
  return column.addition?.default ?? column.column?.default ?? null;
}

/** The table is touched: it or its columns differ between the versions or change underneath. */
export function isReshaped(table: TableDraft): boolean {
  return (
    table.oldName !== table.newName ||
    hasChangedColumns(table) ||
    table.columns.some((column) => column.newDefault !== undefined)
  );
}

/** More than defaults differs: clients of the table itself meet other columns. */
export function hasChangedColumns(table: TableDraft): boolean {
  return table.columns.some(
    (column) =>
      column.oldName !== column.newName ||
      column.replacement !== null ||
      column.addition !== null ||
      column.enforceNotNull !== "no",
  );
}

/** A type changed in the table itself, from the start on and for both versions. */
export function hasTypeInPlace(table: TableDraft): boolean {
  return table.columns.some(
    (column) => column.column !== null && column.replacement === null && column.type !== column.column.type,
  );
}

/** Both shapes have to be kept equal row by row. */
export function isSynced(table: TableDraft): boolean {
  return table.columns.some(
    (column) =>
      column.replacement !== null || column.addition?.up != null || (column.newName === null && column.down !== null),
  );
}

/** The table's name of a physical column after the switch. */
export function nameAfterSwitch(table: TableDraft, names: Names): (physical: string) => string {
  const map = new Map<string, string>();
  for (const column of table.columns) {
    if (column.oldName === null && column.newName === null) continue;
    const isRetired = column.newName === null || column.replacement !== null;
    map.set(column.physical, isRetired ? names.retired(column.physical) : (column.newName ?? column.physical));
    if (column.replacement !== null && column.newName !== null) map.set(column.replacement.physical, column.newName);
  }
  return (physical) => map.get(physical) ?? physical;
}
