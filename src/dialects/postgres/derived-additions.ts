// An UPDATE that gives added columns their values becomes their `up`: rows that the old version writes later have values, too.
import type { Addition, ColumnDraft, Draft, RowUpdate, TableDraft } from "./draft.ts";
import { columnNamed, withColumn } from "./draft.ts";
import { columnsOf, fieldNames, visit } from "./expression.ts";
import type { Template } from "./expression.ts";
import type { Statement } from "./parse.ts";
import { oldShape, refuse, templateFor } from "./statement.ts";

/** An added column and the columns of the old shape that its value comes from. */
export interface Derivation {
  readonly column: string;
  readonly sources: readonly string[];
}

/** Added columns of the table whose value is derived, by a directive or by an UPDATE before. */
export function derivationsOf(draft: Draft, table: TableDraft): Derivation[] {
  return table.columns.flatMap((column): Derivation[] => {
    if (column.addition === null || column.newName === null) return [];
    if (column.addition.up !== null) return [{ column: column.newName, sources: columnsOf(column.addition.up) }];
    const update = updatesOf(draft, table).find((each) => isSetBy(each, column));
    return update === undefined ? [] : [{ column: column.newName, sources: namesReadBy(update, table) }];
  });
}

function updatesOf(draft: Draft, table: TableDraft): RowUpdate[] {
  return draft.changes.flatMap(({ update }) => (update?.table === table.name ? [update] : []));
}

function isSetBy(update: RowUpdate, column: ColumnDraft): boolean {
  return update.sets.includes(column.physical);
}

/** Physical columns of the table that an UPDATE names in its expressions. */
function namesReadBy(update: RowUpdate, table: TableDraft): string[] {
  const names = new Set<string>();
  visit(update.statement.node, (kind, value) => {
    if (kind === "ColumnRef") for (const name of fieldNames(value["fields"]).slice(-1)) names.add(name);
  });
  return table.columns.flatMap((column) =>
    column.newName !== null && names.has(column.newName) ? [column.physical] : [],
  );
}

/** Makes the UPDATEs that read this column and write added ones into the `up` of those. */
export function takeUpdatesReading(statement: Statement, draft: Draft, table: TableDraft, physical: string): Draft {
  return updatesOf(draft, table)
    .filter((update) => namesReadBy(update, table).includes(physical))
    .filter((update) => writesAdditions(update, table))
    .reduce((before, update) => takeUpdate(statement, before, update), draft);
}

/** Makes the UPDATE that writes this added column into its `up`. */
export function takeUpdateOf(statement: Statement, draft: Draft, table: TableDraft, column: ColumnDraft): Draft {
  const update = updatesOf(draft, table).find((each) => isSetBy(each, column));
  return update === undefined ? draft : takeUpdate(statement, draft, update);
}

function writesAdditions(update: RowUpdate, table: TableDraft): boolean {
  return table.columns.some((column) => column.addition !== null && isSetBy(update, column));
}

function takeUpdate(statement: Statement, draft: Draft, update: RowUpdate): Draft {
  const table = draft.tables[update.table];
  if (table === undefined) return draft;
  const remedy = "Write before each ADD COLUMN: -- shoofly:up EXPRESSION   and leave the UPDATE out.";
  if (update.assignments === null)
    refuse(
      statement,
      "The UPDATE before this statement fills added columns, but not by plain expressions over its own table: rows that the old version writes later would have no value.",
      remedy,
    );
  const taken = update.assignments.reduce((before, { column: name, value }): Draft => {
    const now = before.tables[update.table] ?? table;
    const column = columnNamed(now, name);
    if (column?.addition == null || column.addition.up !== null)
      refuse(
        statement,
        `The UPDATE before this statement writes ${name}, which ${column?.addition == null ? "is no column that this migration adds" : "has its value by another expression"}, together with added columns.`,
        "Write an UPDATE of its own for the added columns.",
      );
    const template = templateFor(update.statement, now, before, value, oldShape);
    const up = update.where === null ? template : conditional(before, now, column, update, template);
    return withColumn(before, now, { ...column, addition: derivedAddition(statement, column.addition, up) });
  }, draft);
  return { ...taken, changes: taken.changes.filter((each) => each.update !== update) };
}

/** Rows that WHERE leaves out keep the default. */
function conditional(
  draft: Draft,
  table: TableDraft,
  column: ColumnDraft,
  update: RowUpdate,
  value: Template,
): Template {
  if (update.where === null) return value;
  const condition = templateFor(update.statement, table, draft, update.where, oldShape);
  return ["CASE WHEN ", ...condition, " THEN ", ...value, ` ELSE ${column.addition?.default ?? "NULL"} END`];
}

/** With an `up` the default comes after the column, and NOT NULL once every row is filled. */
function derivedAddition(statement: Statement, addition: Addition, up: Template): Addition {
  const suffix = / NOT NULL$/.exec(addition.definition)?.[0] ?? "";
  const inline = addition.lateDefault === null && addition.default !== null ? ` DEFAULT ${addition.default}` : "";
  if (!addition.definition.endsWith(`${inline}${suffix}`))
    refuse(statement, "The default of the added column cannot be told from its type.", "Add the column without it.");
  return {
    ...addition,
    definition: addition.definition.slice(0, addition.definition.length - inline.length - suffix.length),
    up,
    lateDefault: addition.default,
    lateNotNull: addition.lateNotNull || suffix !== "",
  };
}
