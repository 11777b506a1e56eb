// The typed builders of a migration in TypeScript, one per operation. Each gives plain data: the same that a data file holds.
import type { AddColumn, ChangeColumnType, DropColumn, DropNotNull, RenameColumn, SetNotNull } from "./columns.ts";
import type { MergeColumns, SplitColumn } from "./reshape.ts";
import type { Sql } from "./sql.ts";
import type { CreateIndex, CreateTable, DropIndex, Raw, UpdateRows } from "./tables.ts";

/** An operation as a builder makes it: its slug and its input. */
export type MigrationOperation = Readonly<Record<string, object>>;

/** Under this symbol an operation keeps where it was made, for the loader's messages; it is no part of the data. */
export const madeAt: unique symbol = Symbol.for("shoofly.made-at");

function make(slug: string, input: object): MigrationOperation {
  const operation = { [slug]: input };
  Object.defineProperty(operation, madeAt, { value: new Error("made here").stack ?? "", enumerable: false });
  return operation;
}

/** ADD COLUMN. */
export function addColumn(input: AddColumn): MigrationOperation {
  return make("add-column", input);
}

/** ALTER COLUMN … TYPE. */
export function changeColumnType(input: ChangeColumnType): MigrationOperation {
  return make("change-column-type", input);
}

/** CREATE INDEX. */
export function createIndex(input: CreateIndex): MigrationOperation {
  return make("create-index", input);
}

/** CREATE TABLE. */
export function createTable(input: CreateTable): MigrationOperation {
  return make("create-table", input);
}

/** DROP COLUMN. */
export function dropColumn(input: DropColumn): MigrationOperation {
  return make("drop-column", input);
}

/** DROP INDEX. */
export function dropIndex(input: DropIndex): MigrationOperation {
  return make("drop-index", input);
}

/** ALTER COLUMN … DROP NOT NULL. */
export function dropNotNull(input: DropNotNull): MigrationOperation {
  return make("drop-not-null", input);
}

/** Several columns become one. */
export function mergeColumns<const From extends readonly string[]>(input: MergeColumns<Sql, From>): MigrationOperation {
  return make("merge-columns", input);
}

/** Any other statement, run as written. */
export function raw(input: Raw): MigrationOperation {
  return make("raw", input);
}

/** RENAME COLUMN. */
export function renameColumn(input: RenameColumn): MigrationOperation {
  return make("rename-column", input);
}

/** ALTER COLUMN … SET NOT NULL. */
export function setNotNull(input: SetNotNull): MigrationOperation {
  return make("set-not-null", input);
}

/** One column becomes several. */
export function splitColumn<const Into extends Readonly<Record<string, string>>>(
  input: SplitColumn<Sql, Into>,
): MigrationOperation {
  return make("split-column", input);
}

/** UPDATE … [WHERE]: runs key range by key range. */
export function updateRows(input: UpdateRows): MigrationOperation {
  return make("update-rows", input);
}

/** A migration in TypeScript: `export default defineMigration({ … })`. */
export interface MigrationInput {
  /** One sentence, shown in lists and reports. */
  readonly description: string;
  readonly operations: readonly MigrationOperation[];
  /** Queries that must return no row before `ready` and before `complete`. */
  readonly checks?: readonly Sql[];
}

/** Declares a migration. The value is data; nothing runs when the file is read. */
export function defineMigration(migration: MigrationInput): MigrationInput {
  return migration;
}
