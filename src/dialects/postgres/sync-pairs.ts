// The columns of a table that are derived from each other, and the trigger lines that derive one side from the other.
import { quoteIdentifier, quoteLiteral } from "../../sql/identifier.ts";
import { columnsOf, render } from "./expression.ts";
import type { Template } from "./expression.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { stateSchema } from "./names.ts";

export interface Pair {
  /** The old shape's column; null for an added one. */
  readonly old: { readonly physical: string; readonly exact: boolean; readonly notNull: boolean } | null;
  /** The new shape's column; null for a dropped one. */
  readonly next: { readonly physical: string; readonly exact: boolean } | null;
  readonly up: Template | null;
  readonly down: Template | null;
  readonly label: string;
}

export function pairsOf(table: TableDraft): Pair[] {
  return table.columns.flatMap((column) => {
    const pair = pairOf(column);
    return pair === null ? [] : [pair];
  });
}

function pairOf(column: ColumnDraft): Pair | null {
  const exact = column.column?.exactlyComparable ?? false;
  const own = { physical: column.physical, exact, notNull: column.column?.notNull ?? false };
  const label = column.oldName ?? column.newName ?? column.physical;
  if (column.replacement !== null) {
    const next = { physical: column.replacement.physical, exact: false };
    return { old: own, next, up: column.replacement.up, down: column.replacement.down, label };
  }
  if (column.addition?.up != null)
    return { old: null, next: { physical: column.physical, exact: false }, up: column.addition.up, down: null, label };
  if (column.newName === null && column.down !== null)
    return { old: own, next: null, up: null, down: column.down, label };
  return null;
}

/** Columns whose change makes the update trigger fire. */
export function watched(pairs: readonly Pair[]): string[] {
  const names = pairs.flatMap((pair) => [
    ...(pair.old === null ? [] : [pair.old.physical]),
    ...(pair.next === null ? [] : [pair.next.physical]),
    ...columnsOf(pair.up ?? []),
    ...columnsOf(pair.down ?? []),
  ]);
  return [...new Set(names)];
}

/** `*<>` compares the stored bytes: exact for citext, numeric scale, json and types without `=` (manual §9.25.6). */
export function changed(table: TableDraft, physical: string, name: string = physical): string {
  const exact = table.columns.find((column) => column.physical === physical)?.column?.exactlyComparable ?? false;
  const quoted = quoteIdentifier(name);
  return exact
    ? `OLD.${quoted} IS DISTINCT FROM NEW.${quoted}`
    : `ROW(OLD.${quoted})::record OPERATOR(pg_catalog.*<>) ROW(NEW.${quoted})::record`;
}

export function upward(pair: Pair): string[] {
  if (pair.up === null || pair.next === null) return [];
  return [`NEW.${quoteIdentifier(pair.next.physical)} := ${render(pair.up, "NEW")};`];
}

/** While both versions write, a value that the old shape cannot hold is refused with 22003 and counted (a sequence survives the rollback). */
export function downward(draft: Draft, table: TableDraft, pair: Pair): string[] {
  if (pair.down === null || pair.old === null) return [];
  const target = `NEW.${quoteIdentifier(pair.old.physical)}`;
  const refuse = `RAISE EXCEPTION USING ERRCODE = '22003', MESSAGE = ${quoteLiteral(`the value has no place in column ${pair.label} of table ${table.name} in the old version`).trim()}, DETAIL = problem, HINT = ${quoteLiteral(`Migration ${draft.migration} keeps both versions equal until it is completed.`).trim()};`;
  return [
    "DECLARE",
    "  problem text := 'The old version needs a value and down gives NULL.';",
    "BEGIN",
    `  ${target} := ${render(pair.down, "NEW")};`,
    ...(pair.old.notNull ? [`  IF ${target} IS NULL THEN RAISE data_exception; END IF;`] : []),
    "EXCEPTION WHEN data_exception OR integrity_constraint_violation OR raise_exception THEN",
    "  IF SQLERRM <> 'data_exception' THEN problem := SQLERRM; END IF;",
    `  PERFORM pg_catalog.nextval('${stateSchema}.refused_writes');`,
    `  ${refuse}`,
    "END;",
  ];
}

export function indent(lines: readonly string[], spaces: number): string {
  return lines.map((line) => " ".repeat(spaces) + line).join("\n");
}
