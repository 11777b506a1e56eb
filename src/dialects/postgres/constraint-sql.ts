// SQL of new constraints: their definition over the names that stand at the time, and the rows that they would refuse.
import type { Check } from "../../core/step.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { holderOf, nameAfterSwitch } from "./draft.ts";
import { render } from "./expression.ts";
import { tableAfterSwitch } from "./whole-table.ts";
import { isKey } from "./new-constraint.ts";
import type { NewConstraint, NewForeignKey, NewKey, RowConstraint } from "./new-constraint.ts";

/** What the new shape's columns are called: in the columns that hold it until the switch, or by their own names after it. */
export type Moment = "before-switch" | "in-switch" | "after-switch";

/** The table's name at the moment: tables are renamed last in the switch. */
export function baseAt(draft: Draft, table: string, moment: Moment): string {
  const found = draft.tables[table];
  if (moment !== "after-switch" || found === undefined) return quoteQualified(draft.schema.name, table);
  return tableAfterSwitch(draft, found);
}

/** The shape that a name stands for: constraints that go belong to the old one. */
export type Shape = "new" | "old";

/** Physical column → its name at the moment. */
export function columnNames(
  draft: Draft,
  table: TableDraft | undefined,
  moment: Moment,
  shape: Shape = "new",
): (physical: string) => string {
  if (table === undefined || (shape === "old" && moment === "before-switch")) return (physical) => physical;
  if (shape === "old") return nameAfterSwitch(table, draft.names);
  const holders = new Map(table.columns.map((column) => [column.physical, holderOf(column)]));
  const after = nameAfterSwitch(table, draft.names);
  return (physical) => {
    const holder = holders.get(physical) ?? physical;
    return moment === "before-switch" ? holder : after(holder);
  };
}

/** The table that a foreign key points to, when it is one of the migrated schema. */
export function referencedTable(draft: Draft, constraint: NewForeignKey): TableDraft | undefined {
  return constraint.references.schema === draft.schema.name ? draft.tables[constraint.references.table] : undefined;
}

/** What follows `ADD CONSTRAINT name`. */
export function definitionOf(draft: Draft, constraint: RowConstraint, moment: Moment, shape: Shape = "new"): string {
  const name = columnNames(draft, draft.tables[constraint.table], moment, shape);
  switch (constraint.kind) {
    case "check": {
      const condition = constraint.condition
        .map((part) => (typeof part === "string" ? part : quoteIdentifier(name(part.column))))
        .join("");
      return `CHECK ${condition}${constraint.tail}`;
    }
    case "foreign-key": {
      const { schema, table, columns } = constraint.references;
      const other = columnNames(draft, referencedTable(draft, constraint), moment, shape);
      return `FOREIGN KEY (${list(constraint.columns, name)}) REFERENCES ${schema === draft.schema.name ? baseAt(draft, table, moment) : quoteQualified(schema, table)} (${list(columns, other)})${constraint.isMatchFull ? " MATCH FULL" : ""}${constraint.tail}`;
    }
    case "not-null":
      return `NOT NULL ${list(constraint.columns, name)}${constraint.tail}`;
  }
}

/** The index that a key is made of. */
export function keyIndexDefinition(draft: Draft, constraint: NewKey, indexName: string, moment: Moment): string {
  const name = columnNames(draft, draft.tables[constraint.table], moment);
  const including = constraint.including.length === 0 ? "" : ` INCLUDE (${list(constraint.including, name)})`;
  const nulls = constraint.nullsNotDistinct ? " NULLS NOT DISTINCT" : "";
  return `CREATE UNIQUE INDEX CONCURRENTLY ${quoteIdentifier(indexName)} ON ${baseAt(draft, constraint.table, moment)} (${list(constraint.columns, name)})${including}${nulls}${constraint.options}${constraint.tablespace === null ? "" : ` TABLESPACE ${quoteIdentifier(constraint.tablespace)}`}`;
}

/** Counts the rows that the constraint would refuse and shows some of them. */
export function violationsOf(draft: Draft, constraint: NewConstraint, moment: Moment = "before-switch"): Check {
  const base = baseAt(draft, constraint.table, moment);
  const title = `${constraint.name} of ${draft.schema.name}.${constraint.table} holds`;
  if (isKey(constraint)) {
    const groups = duplicateGroups(draft, constraint, moment);
    return {
      title,
      sql: `SELECT coalesce(sum(rows), 0)::bigint AS rows, coalesce(sum(rows - 1), 0)::bigint AS mismatched FROM (${groups}) AS found`,
      sampleSql: `SELECT * FROM (${groups}) AS found WHERE rows > 1 LIMIT 10`,
      repairSql: null,
    };
  }
  const wrong = violationCondition(draft, constraint, moment);
  const rows = `${constraint.tail.includes("NO INHERIT") ? "ONLY " : ""}${base}`;
  return {
    title,
    sql: `SELECT count(*) AS rows, count(*) FILTER (WHERE ${wrong}) AS mismatched FROM ${rows} AS t`,
    sampleSql: `SELECT t.* FROM ${rows} AS t WHERE ${wrong} LIMIT 10`,
    repairSql: null,
  };
}

/** True for a row `t` that the constraint refuses. */
export function violationCondition(
  draft: Draft,
  constraint: RowConstraint,
  moment: Moment,
  shape: Shape = "new",
): string {
  const name = columnNames(draft, draft.tables[constraint.table], moment, shape);
  const own = (column: string): string => `t.${quoteIdentifier(name(column))}`;
  switch (constraint.kind) {
    case "check":
      return `(${render(constraint.condition, "t", name)}) IS FALSE`;
    case "not-null":
      return constraint.columns.map((column) => `${own(column)} IS NULL`).join(" OR ");
    case "foreign-key": {
      const { schema, table, columns } = constraint.references;
      const other = columnNames(draft, referencedTable(draft, constraint), moment, shape);
      const matches = columns.map(
        (column, index) => `p.${quoteIdentifier(other(column))} = ${own(constraint.columns[index] ?? "")}`,
      );
      const isGiven = constraint.isMatchFull
        ? `NOT (${constraint.columns.map((column) => `${own(column)} IS NULL`).join(" AND ")})`
        : constraint.columns.map((column) => `${own(column)} IS NOT NULL`).join(" AND ");
      return `(${isGiven} AND NOT EXISTS (SELECT FROM ${schema === draft.schema.name ? baseAt(draft, table, moment) : quoteQualified(schema, table)} AS p WHERE ${matches.join(" AND ")}))`;
    }
  }
}

/** Rows `t` that repeat an earlier row's key; told by their place, so for a table without partitions. */
export function duplicateCondition(draft: Draft, constraint: NewKey, moment: Moment): string {
  const name = columnNames(draft, draft.tables[constraint.table], moment);
  const columns = constraint.columns.map((column) => quoteIdentifier(name(column)));
  const where = constraint.nullsNotDistinct
    ? ""
    : ` WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(" AND ")}`;
  return `t.ctid IN (SELECT place FROM (SELECT ctid AS place, row_number() OVER (PARTITION BY ${columns.join(", ")} ORDER BY ctid) AS number FROM ${baseAt(draft, constraint.table, moment)}${where}) AS numbered WHERE number > 1)`;
}

function duplicateGroups(draft: Draft, constraint: NewKey, moment: Moment): string {
  const name = columnNames(draft, draft.tables[constraint.table], moment);
  const columns = constraint.columns.map((column) => `t.${quoteIdentifier(name(column))}`);
  const where = constraint.nullsNotDistinct
    ? ""
    : ` WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(" AND ")}`;
  return `SELECT ${columns.join(", ")}, count(*) AS rows FROM ${baseAt(draft, constraint.table, moment)} AS t${where} GROUP BY ${columns.join(", ")}`;
}

function list(columns: readonly string[], name: (physical: string) => string): string {
  return columns.map((column) => quoteIdentifier(name(column))).join(", ");
}
