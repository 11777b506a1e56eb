// A column that the new version does not have: retired at the switch, kept equal by `down` until then and after it.
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { withColumn } from "./draft.ts";
import { refuseUntellable } from "./direct-columns.ts";
import { takeUpdatesReading } from "./derived-additions.ts";
import { columnsOf, fieldNames, render, visit } from "./expression.ts";
import type { Template } from "./expression.ts";
import type { Statement } from "./parse.ts";
import {
  baseName,
  directiveExpression,
  isAllowed,
  newShape,
  preflightAt,
  refuse,
  refuseDependents,
  templateFor,
} from "./statement.ts";

/**
 * Takes the column out of the new version.
 * @throws MigrationError `change-refused`, `expression-invalid` with the place in the file
 */
export function retireColumn(statement: Statement, draft: Draft, table: TableDraft, column: ColumnDraft): Draft {
  const name = column.newName ?? column.physical;
  refuseDependents(statement, table, column, false);
  if (column.addition !== null || column.replacement !== null)
    refuse(statement, `Column ${name} is changed by the same migration.`, "Leave the earlier change out.");
  const indexes = (table.table?.indexes ?? []).filter((index) => index.dependsOn.includes(column.physical));
  if (indexes.some((index) => index.dependsOn.length > 1))
    refuse(
      statement,
      `Column ${name} is part of the index ${indexes.map((index) => index.name).join(", ")}.`,
      "Drop the index in a migration before this one.",
    );
  refuseMoved(statement, draft, table, name);
  const down = directiveExpression(statement, "down");
  const mustHave = column.column?.notNull === true && column.column.default === null;
  if (mustHave && down === null)
    refuse(
      statement,
      `Column ${name} is NOT NULL without a default: rows written by the new version would have no value for the old one.`,
      "Add a line before the statement: -- shoofly:down EXPRESSION",
    );
  const taken = takeUpdatesReading(statement, draft, table, column.physical);
  const dropped = { ...column, newName: null };
  const without = withColumn(taken, taken.tables[table.name] ?? table, dropped);
  const shape = without.tables[table.name] ?? table;
  if (down === null) return without;
  refuseUntellable(statement, draft, column);
  const template = templateFor(statement, shape, without, down, newShape);
  const done = withColumn(without, shape, { ...dropped, down: template });
  return withChecks(statement, done, done.tables[table.name] ?? shape, { ...dropped, down: template }, down.start);
}

/** Values that another table takes over would be lost for rows that the old version writes after they were carried. */
function refuseMoved(statement: Statement, draft: Draft, table: TableDraft, name: string): void {
  const taker = draft.changes
    .flatMap(({ update }) => (update === undefined ? [] : [update]))
    .find((update) => {
      if (update.table === table.name) return false;
      const isAdded = draft.tables[update.table]?.columns.some(
        (column) => column.addition !== null && update.sets.includes(column.physical),
      );
      return isAdded === true && reads(update.statement, table.newName ?? table.name, name);
    });
  if (taker !== undefined)
    refuse(
      statement,
      `The column ${name} moves to table ${taker.table}: what the old version writes into it after the UPDATE would not reach the other table, since triggers between two tables can meet their rows in either order and deadlock.`,
      "Move it by hand in three migrations: add the column there and write both from the application; fill; drop it here.",
    );
}

function reads(statement: Statement, table: string, column: string): boolean {
  const relations: string[] = [];
  const columns: string[] = [];
  visit(statement.node, (kind, value) => {
    if (kind === "RangeVar") relations.push(String(value["relname"]));
    if (kind === "ColumnRef") columns.push(...fieldNames(value["fields"]).slice(-1));
  });
  return relations.includes(table) && columns.includes(column);
}

/** The server must accept `down`; where new columns come from this one, sampled rows must survive the way there and back. */
function withChecks(statement: Statement, draft: Draft, table: TableDraft, column: ColumnDraft, at: number): Draft {
  if (column.down === null || table.table === null) return draft;
  const own = quoteIdentifier(column.physical);
  const values = table.columns.flatMap((each) => {
    const value = newValueOf(each);
    return value === null ? [] : [`(${render(value.up, "t")})::${value.type} AS ${quoteIdentifier(value.physical)}`];
  });
  const sample = `SELECT t.*${values.map((value) => `, ${value}`).join("")} FROM (SELECT * FROM ${baseName(draft, table)} LIMIT 10000) AS t`;
  const down = `(${render(column.down, "s")})::${column.type}`;
  const title = `${table.name}.${column.oldName ?? column.physical}`;
  const accepted = preflightAt(statement, at, {
    title: `${title}: down is accepted`,
    expects: "prepare",
    sql: `SELECT ${down} FROM (${sample}) AS s`,
    code: "expression-invalid",
    hint: "Mend the expression: down sees the columns of the new version.",
  });
  const roundTrip = preflightAt(statement, at, {
    title: `${title}: down(up(x)) gives x back`,
    expects: "empty",
    sql: `SELECT s.${own} AS old, ${down} AS back FROM (${sample}) AS s WHERE ROW(${down})::record OPERATOR(pg_catalog.*<>) ROW(s.${own})::record LIMIT 5`,
    code: "lossy-down",
    hint: `Mend down, or accept the loss: -- shoofly:allow lossy-down reason="…"`,
  });
  const isDerived = table.columns.some(
    (each) =>
      each.addition?.up != null &&
      columnsOf(each.addition.up).includes(column.physical) &&
      columnsOf(column.down ?? []).includes(each.physical),
  );
  const isChecked = isDerived && !isAllowed(statement, "lossy-down");
  return { ...draft, preflight: [...draft.preflight, accepted, ...(isChecked ? [roundTrip] : [])] };
}

/** A column that is not in the table yet, with its value for a row of the old shape. */
function newValueOf(column: ColumnDraft): { physical: string; type: string; up: Template } | null {
  if (column.replacement !== null) return column.replacement;
  if (column.addition === null) return null;
  const up = column.addition.up ?? [column.addition.default ?? "NULL"];
  return { physical: column.physical, type: column.type, up };
}
