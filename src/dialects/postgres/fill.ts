// Backfill and verification statements of the columns that one table's draft derives.
import type { Check, ChunkKey } from "../../core/step.ts";
import type { Table } from "../../core/schema.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { columnsOf, render } from "./expression.ts";
import type { Template } from "./expression.ts";

/** One column that is derived from the old shape. */
interface Derived {
  readonly physical: string;
  readonly type: string;
  readonly up: Template;
  readonly column: ColumnDraft;
  /** The fill only touches rows where it is still NULL (late defaults of added columns). */
  readonly onlyNull: boolean;
}

/** Columns that have to be filled, in the order of the file. */
export function derivedColumns(table: TableDraft): Derived[] {
  return table.columns.flatMap((column): Derived[] => {
    if (column.newName === null) return [];
    if (column.replacement !== null)
      return [
        {
          physical: column.replacement.physical,
          type: column.replacement.type,
          up: column.replacement.up,
          column,
          onlyNull: false,
        },
      ];
    if (column.addition?.up != null)
      return [{ physical: column.physical, type: column.type, up: column.addition.up, column, onlyNull: false }];
    if (column.addition?.lateDefault != null)
      return [
        { physical: column.physical, type: column.type, up: [column.addition.lateDefault], column, onlyNull: true },
      ];
    return [];
  });
}

/** The unique key to walk along: the first walkable index, primary key first; null means block ranges. */
export function chunkKeyOf(table: Table): ChunkKey | null {
  const index = table.indexes.find((each) => each.walkable);
  if (index === undefined) return null;
  const columns = index.columns.map((name) => table.columns.find((column) => column.name === name));
  return {
    columns: columns.flatMap((column) => (column === undefined ? [] : [{ name: column.name, type: column.type }])),
  };
}

/** `key BETWEEN lower AND upper` with text parameters that the server casts to the key's own types. */
export function rangeCondition(key: ChunkKey | null, row: string): string {
  if (key === null) return `${row}.ctid >= $1::tid AND ${row}.ctid <= $2::tid`;
  const columns = key.columns.map((column) => `${row}.${quoteIdentifier(column.name)}`);
  const lower = key.columns.map((column, index) => `$${index + 1}::${column.type}`);
  const upper = key.columns.map((column, index) => `$${index + 1 + key.columns.length}::${column.type}`);
  if (columns.length === 1) return `${columns[0]} >= ${lower[0]} AND ${columns[0]} <= ${upper[0]}`;
  return `(${columns.join(", ")}) >= (${lower.join(", ")}) AND (${columns.join(", ")}) <= (${upper.join(", ")})`;
}

/** The set-based fill of all derived columns at once; rows that live writers have filled already are left alone. */
export function fillStatement(
  draft: Draft,
  table: TableDraft,
  derived: readonly Derived[],
  range: string | null,
): string {
  const isDue = (each: Derived): string =>
    draft.mode === "direct" && !each.onlyNull ? directlyDue(table, each, derived) : dueCondition(each);
  const sets = derived.map((each) => {
    const own = quoteIdentifier(each.physical);
    // Clients may have written the new column before the fill comes by: then only the rows without it are its business.
    const isKept = draft.mode === "direct" && !each.onlyNull;
    return `${own} = ${isKept ? `CASE WHEN ${isDue(each)} THEN ${valueOf(each)} ELSE t.${own} END` : valueOf(each)}`;
  });
  const due = derived.map(isDue).join(" OR ");
  return `UPDATE ${quoteQualified(draft.schema.name, table.name)} AS t SET ${sets.join(", ")} WHERE ${range === null ? "" : `${range} AND `}(${due})`;
}

/** What a physical column is called in the table; the switch changes it. */
type NameOf = (physical: string) => string;
const ownName: NameOf = (physical) => physical;

/** Every row is right when `new = up(old)`, or when the new side was written and `old = down(new)`. */
export function checkOf(draft: Draft, table: TableDraft, derived: readonly Derived[], bothWays: boolean): Check {
  const wrong = derived
    .map((each) =>
      draft.mode === "direct" && !bothWays && !each.onlyNull
        ? `(${directlyDue(table, each, derived)})`
        : wrongCondition(table, each, bothWays, ownName),
    )
    .join(" OR ");
  const base = quoteQualified(draft.schema.name, table.name);
  return {
    title: `every row of ${draft.schema.name}.${table.name} has both shapes`,
    sql: `SELECT count(*) AS rows, count(*) FILTER (WHERE ${wrong}) AS mismatched FROM ${base} AS t`,
    sampleSql: `SELECT ${sampleColumns(table, derived)} FROM ${base} AS t WHERE ${wrong} LIMIT 10`,
    repairSql: bothWays ? null : fillStatement(draft, table, derived, null),
  };
}

/**
 * The comparison that `shoofly verify` makes while traffic goes on, with a repair that touches only rows that are wrong both ways.
 * @param after the table's names after the switch; null while both versions are offered. Before the switch the old side is right,
 *   after it the new one is.
 */
export function comparisonOf(
  draft: Draft,
  table: TableDraft,
  derived: readonly Derived[],
  after: NameOf | null,
): Check {
  const nameOf = after ?? ownName;
  const base = quoteQualified(draft.schema.name, table.name);
  const wrong = derived.map((each) => wrongCondition(table, each, true, nameOf)).join(" OR ");
  const sets = derived.flatMap((each) => repairOf(each, nameOf, after !== null));
  return {
    title: `every row of ${draft.schema.name}.${table.name} has both shapes`,
    sql: `SELECT count(*) AS rows, count(*) FILTER (WHERE ${wrong}) AS mismatched FROM ${base} AS t`,
    sampleSql: `SELECT ${sampleColumns(table, derived, nameOf)} FROM ${base} AS t WHERE ${wrong} LIMIT 10`,
    repairSql: sets.length === 0 ? null : `UPDATE ${base} AS t SET ${sets.join(", ")} WHERE ${wrong}`,
  };
}

function repairOf(derived: Derived, nameOf: NameOf, isSwitched: boolean): string[] {
  if (!isSwitched) return [`${quoteIdentifier(derived.physical)} = ${valueOf(derived)}`];
  const replacement = derived.column.replacement;
  if (replacement === null) return [];
  return [`${quoteIdentifier(nameOf(derived.column.physical))} = ${render(replacement.down, "t", nameOf)}`];
}

/** Rows that a coming NOT NULL would refuse. */
export function notNullCheck(draft: Draft, table: TableDraft, physical: string, label: string): Check {
  const base = quoteQualified(draft.schema.name, table.name);
  const condition = `t.${quoteIdentifier(physical)} IS NULL`;
  return {
    title: `no NULL in ${draft.schema.name}.${table.name}.${label}`,
    sql: `SELECT count(*) AS rows, count(*) FILTER (WHERE ${condition}) AS mismatched FROM ${base} AS t`,
    sampleSql: `SELECT ${sampleColumns(table, [])} FROM ${base} AS t WHERE ${condition} LIMIT 10`,
    repairSql: null,
  };
}

/** `a` and `b` differ, exactly: by `=` where that tells all values apart, else by their stored bytes. */
function isDistinct(a: string, b: string, exact: boolean): string {
  return exact ? `${a} IS DISTINCT FROM ${b}` : `ROW(${a})::record OPERATOR(pg_catalog.*<>) ROW(${b})::record`;
}

function valueOf(derived: Derived): string {
  const value = render(derived.up, "t");
  return derived.onlyNull ? `coalesce(t.${quoteIdentifier(derived.physical)}, ${value})` : value;
}

function dueCondition(derived: Derived): string {
  const own = `t.${quoteIdentifier(derived.physical)}`;
  if (derived.onlyNull) return `${own} IS NULL`;
  const value = render(derived.up, "t");
  // Almost every row is NULL before the fill: those are settled without the comparison, which costs a fifth of the rate.
  return `CASE WHEN ${own} IS NULL THEN ${value} IS NOT NULL ELSE ${isDistinct(own, `${value}::${derived.type}`, false)} END`;
}

/** Both shapes stand in the table: a row is right as soon as either follows from the other, and unfilled while the new side is empty. */
function directlyDue(table: TableDraft, derived: Derived, all: readonly Derived[]): string {
  const own = `t.${quoteIdentifier(derived.physical)}`;
  const value = render(derived.up, "t");
  const back = givenBack(table, derived);
  if (back.length === 0) return `${own} IS NULL AND ${value} IS NOT NULL`;
  const siblings = all.filter((each) =>
    givenBack(table, each).some(({ physical }) => back.some((column) => column.physical === physical)),
  );
  const isEmpty = siblings.map((each) => `t.${quoteIdentifier(each.physical)} IS NULL`).join(" AND ");
  const upWrong = isDistinct(own, `${value}::${derived.type}`, false);
  return `CASE WHEN ${isEmpty} THEN ${upWrong} WHEN ${upWrong} THEN ${downWrong(back, ownName)} ELSE false END`;
}

interface GivenBack {
  readonly physical: string;
  readonly type: string;
  readonly exact: boolean;
  readonly down: Template;
}

/** Old columns that get their values back from this one. */
function givenBack(table: TableDraft, derived: Derived): GivenBack[] {
  const { column } = derived;
  if (column.replacement !== null)
    return [
      {
        physical: column.physical,
        type: column.type,
        exact: column.column?.exactlyComparable ?? false,
        down: column.replacement.down,
      },
    ];
  return sourcesOf(table, derived).flatMap((source) =>
    source.down === null
      ? []
      : [
          {
            physical: source.physical,
            type: source.type,
            exact: source.column?.exactlyComparable ?? false,
            down: source.down,
          },
        ],
  );
}

function downWrong(back: readonly GivenBack[], nameOf: NameOf): string {
  return back
    .map(({ physical, type, exact, down }) =>
      isDistinct(`t.${quoteIdentifier(nameOf(physical))}`, `${render(down, "t", nameOf)}::${type}`, exact),
    )
    .join(" OR ");
}

function wrongCondition(table: TableDraft, derived: Derived, bothWays: boolean, nameOf: NameOf): string {
  const own = `t.${quoteIdentifier(nameOf(derived.physical))}`;
  if (derived.onlyNull) return derived.column.addition?.lateNotNull === true ? `${own} IS NULL` : "false";
  const upWrong = isDistinct(own, `${render(derived.up, "t", nameOf)}::${derived.type}`, false);
  if (!bothWays) return `(${upWrong})`;
  const back = givenBack(table, derived);
  return back.length === 0 ? "false" : `(${upWrong} AND (${downWrong(back, nameOf)}))`;
}

/** Dropped columns whose values this added one takes over, and gives back by their `down`. */
function sourcesOf(table: TableDraft, derived: Derived): ColumnDraft[] {
  const sources = columnsOf(derived.up);
  return table.columns.filter(
    (column) =>
      column.newName === null &&
      sources.includes(column.physical) &&
      column.down !== null &&
      columnsOf(column.down).includes(derived.physical),
  );
}

function sampleColumns(table: TableDraft, derived: readonly Derived[], nameOf: NameOf = ownName): string {
  const key = table.table === null ? null : chunkKeyOf(table.table);
  const names = [
    ...(key?.columns.map((column) => column.name) ?? []),
    ...derived.flatMap((each) => [...columnsOf(each.up), each.physical]),
  ];
  const unique = [...new Set(names.map(nameOf))].map((name) => `t.${quoteIdentifier(name)}`);
  return unique.length === 0 ? "t.*" : unique.join(", ");
}

/** Statement text for the archive of what an undo would destroy. */
export function archiveStatement(name: string, query: string): string {
  return `CREATE TABLE IF NOT EXISTS ${name} AS ${query}`;
}
