// What a column has beside its values: storage, statistics, comment, privileges and default. Changed in place where the column
// stays, given to the second column where it does not.
import type { Column } from "../../core/schema.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { defaultOf, nameAfterSwitch, tableDefaultOf } from "./draft.ts";
import { ddlStep, lockOn } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

/** Steps that change the settings and comments of columns which stay as they are. */
export function settleColumns(draft: Draft, table: TableDraft): NewStep[] {
  return table.columns
    .filter((column) => column.replacement === null && column.addition === null && column.column !== null)
    .flatMap((column) => [...settingSteps(draft, table, column), ...commentStep(draft, table, column)]);
}

function settingSteps(draft: Draft, table: TableDraft, column: ColumnDraft): NewStep[] {
  const base = quoteQualified(draft.schema.name, table.name);
  const alter = `ALTER TABLE ${base} ALTER COLUMN ${quoteIdentifier(column.physical)}`;
  return (column.settings ?? []).map(({ clause, undo, lock }) =>
    ddlStep("expand", "native", `${table.name}.${column.physical}: ${clause}`, {
      sql: [`${alter} ${clause}`],
      undo: undo.map((each) => `${alter} ${each}`),
      locks: [lockOn(`${draft.schema.name}.${table.name}`, lock)],
    }),
  );
}

function commentStep(draft: Draft, table: TableDraft, column: ColumnDraft): NewStep[] {
  if (column.newComment === undefined) return [];
  return [
    ddlStep("expand", "native", `${table.name}.${column.physical}: comment`, {
      sql: [commentOn(draft, table, column.physical, column.newComment)],
      undo: [commentOn(draft, table, column.physical, column.column?.comment ?? null)],
      locks: [lockOn(`${draft.schema.name}.${table.name}`, "SHARE UPDATE EXCLUSIVE")],
    }),
  ];
}

/**
 * What a new physical column gets right after it is there. A type change gives the column the storage and compression of its
 * type again and keeps everything else (as ALTER COLUMN TYPE does); a second column of the same type keeps all.
 */
export function furnish(draft: Draft, table: TableDraft, column: ColumnDraft, physical: string): string[] {
  const base = quoteQualified(draft.schema.name, table.name);
  const alter = `ALTER TABLE ${base} ALTER COLUMN ${quoteIdentifier(physical)}`;
  const kept = column.column === null ? [] : inherited(column.column, column.replacement?.type === column.type);
  const clauses = [...kept, ...(column.settings ?? []).map((setting) => setting.clause)];
  const comment = column.newComment === undefined ? (column.column?.comment ?? null) : column.newComment;
  return [
    ...clauses.map((clause) => `${alter} ${clause}`),
    ...(comment === null ? [] : [commentOn(draft, table, physical, comment)]),
    ...(column.column?.grants ?? []).map(
      (grant) =>
        `GRANT ${grant.privilege} (${quoteIdentifier(physical)}) ON ${base} TO ${grant.grantee === "" ? "PUBLIC" : quoteIdentifier(grant.grantee)}${grant.grantable ? " WITH GRANT OPTION" : ""}`,
    ),
  ];
}

function inherited({ settings }: Column, isSameType: boolean): string[] {
  return [
    ...(isSameType && settings.ownStorage ? [`SET STORAGE ${settings.storage}`] : []),
    ...(isSameType && settings.compression !== null ? [`SET COMPRESSION ${settings.compression}`] : []),
    ...(settings.statistics === null ? [] : [`SET STATISTICS ${settings.statistics}`]),
    ...(settings.options.length === 0 ? [] : [`SET (${settings.options.join(", ")})`]),
  ];
}

/** The default that the switch gives a column, and the one its undo gives back. */
export function switchDefaults(draft: Draft, table: TableDraft): { forward: string[]; back: string[] } {
  const base = quoteQualified(draft.schema.name, table.name);
  const after = nameAfterSwitch(table, draft.names);
  const changed = table.columns.filter(
    (column) => column.newDefault !== undefined && column.replacement === null && column.newName !== null,
  );
  const set = (column: ColumnDraft, value: string | null): string =>
    `ALTER TABLE ${base} ALTER COLUMN ${quoteIdentifier(after(column.physical))} ${value === null ? "DROP DEFAULT" : `SET DEFAULT ${value}`}`;
  return {
    forward: changed.map((column) => set(column, column.newDefault ?? null)),
    back: changed.map((column) => set(column, tableDefaultOf(column))),
  };
}

/**
 * The default of a column of the version's view; null for none. A view column without a default takes the table's (manual,
 * CREATE VIEW, "Updatable Views"): where the new shape has none, it says NULL in a form that the server does not drop.
 */
export function viewDefaultOf(column: ColumnDraft): string | null {
  const value = defaultOf(column);
  if (value !== null) return value;
  const isTaken = column.newDefault !== undefined && column.replacement === null && tableDefaultOf(column) !== null;
  return isTaken ? `COALESCE(NULL::${column.type}, NULL::${column.type})` : null;
}

function commentOn(draft: Draft, table: TableDraft, physical: string, comment: string | null): string {
  const column = `${quoteQualified(draft.schema.name, table.name)}.${quoteIdentifier(physical)}`;
  return `COMMENT ON COLUMN ${column} IS ${comment === null ? "NULL" : quoteLiteral(comment).trim()}`;
}
