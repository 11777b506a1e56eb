// What operations on constraints share: the clause they read, from when on it holds, and the proofs before anything runs.
import type { Constraint } from "libpg-query";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import { columnNames, violationsOf } from "./constraint-sql.ts";
import { chooseName, isConstraintName } from "./default-name.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { withColumn, withStep } from "./draft.ts";
import { fieldNames } from "./expression.ts";
import type { NewConstraint } from "./new-constraint.ts";
import { directive } from "./parse.ts";
import type { Statement } from "./parse.ts";
import { sameTypeReplacement } from "./second-column.ts";
import {
  alterCommand,
  baseName,
  directiveExpression,
  existingColumn,
  oldShape,
  preflightAt,
  refuse,
  refuseDependents,
  refuseUnusualTable,
  templateFor,
} from "./statement.ts";
import { ddlStep, lockOn } from "./step-parts.ts";

export interface ConstraintClause {
  readonly table: string;
  readonly constraint: Constraint;
}

/** The clause of `ALTER TABLE … ADD [CONSTRAINT name] …` when it is of one of these kinds. */
export function addedConstraint(
  statement: Statement,
  draft: Draft,
  ...kinds: readonly NonNullable<Constraint["contype"]>[]
): ConstraintClause | null {
  const definition = statement.command?.def;
  if (definition === undefined || !("Constraint" in definition)) return null;
  const constraint = definition.Constraint;
  if (constraint.contype === undefined || !kinds.includes(constraint.contype)) return null;
  const found = alterCommand(statement, draft, "AT_AddConstraint");
  return found === null ? null : { table: found.table.name, constraint };
}

/** The author's name, or the server's own choice; a name that is taken is refused. */
export function constraintName(
  statement: Statement,
  draft: Draft,
  given: string | undefined,
  fallback: { table: string; columns: readonly string[] | null; label: string },
): string {
  const isTaken = (name: string): boolean => isConstraintName(draft, name);
  const table = draft.tables[fallback.table]?.newName ?? fallback.table;
  if (given === undefined) return chooseName(table, fallback.columns, fallback.label, isTaken);
  const onTable =
    draft.constraints.some((each) => each.table === fallback.table && each.name === given) ||
    (isTaken(given) && (draft.tables[fallback.table]?.table?.constraints ?? []).some((each) => each.name === given));
  if (onTable)
    refuse(statement, `${fallback.table} has a constraint ${given} already.`, "Choose another name, or drop it first.");
  return given;
}

/** The columns of the new shape that a list of the clause names, in order. */
export function namedColumns(statement: Statement, table: TableDraft, names: unknown): ColumnDraft[] {
  return fieldNames(names).map((name) => existingColumn(statement, table, name));
}

/**
 * Old writers do not keep a constraint that they do not know, so it holds from the switch on. It can hold from the start where only the
 * new shape's own columns are concerned, or where the author says so.
 */
export function enforcementOf(statement: Statement, columns: readonly ColumnDraft[]): NewConstraint["enforced"] {
  if (isEnforcedNow(statement)) return "from-start";
  return columns.length > 0 && columns.every(hasOwnValues) ? "from-start" : "from-switch";
}

export function isEnforcedNow(statement: Statement): boolean {
  const found = directive(statement, "enforce");
  if (found === undefined) return false;
  if (found.value !== "now") refuse(statement, `enforce ${found.value} means nothing.`, "-- shoofly:enforce now");
  return true;
}

/** An added column, or a second one whose values an expression of the author makes. */
function hasOwnValues(column: ColumnDraft): boolean {
  if (column.addition !== null) return true;
  const up = column.replacement?.up;
  return up !== undefined && !(up.length === 1 && typeof up[0] !== "string");
}

/** `-- shoofly:up EXPR` on a constraint of one column: a second column whose values keep it, from the start. */
export function withUp(statement: Statement, draft: Draft, table: TableDraft, columns: readonly string[]): Draft {
  const given = directiveExpression(statement, "up");
  if (given === null) return draft;
  const [only, ...more] = columns;
  if (only === undefined || more.length > 0)
    refuse(
      statement,
      "up says what one column becomes, and this constraint is about several.",
      "Leave up out: then the constraint holds from complete on.",
    );
  const column = existingColumn(statement, table, only);
  if (column.addition !== null || column.replacement !== null)
    refuse(statement, `Column ${only} is changed by the same migration.`, "Write up where the column is changed.");
  refuseUnusualTable(statement, draft, table);
  refuseDependents(statement, table, column, false);
  const up = templateFor(statement, table, draft, given, oldShape);
  return withColumn(draft, table, {
    ...column,
    replacement: sameTypeReplacement(draft, column, up, column.column?.notNull ?? false),
  });
}

/** Adds it to the draft with its proofs: the server accepts it, and rows that are there keep what is to hold from the start. */
export function withConstraint(draft: Draft, statement: Statement, constraint: NewConstraint): Draft {
  const table = draft.tables[constraint.table];
  if (table === undefined) return draft;
  const after: Draft = { ...draft, constraints: [...draft.constraints, constraint] };
  const check = violationsOf(after, constraint);
  const isOverOldRows = constraint.columns.every((name) => isPlain(table, name));
  const at = statement.start;
  const accepted = preflightAt(statement, at, {
    title: `${constraint.name} of ${constraint.table} is accepted`,
    expects: "prepare",
    sql: withComingColumns(after, table, check.sampleSql),
    code: "change-refused",
    hint: "Mend the constraint: its columns, types and operators.",
  });
  const isDue =
    constraint.enforced === "from-start" &&
    constraint.isValidated &&
    isOverOldRows &&
    !draft.changes.some((change) => change.tables.includes(constraint.table));
  const holds = preflightAt(statement, at, {
    title: `${constraint.name} of ${constraint.table}`,
    expects: "empty",
    sql: check.sampleSql,
    code: "change-refused",
    hint: `Mend the rows first, for example by an UPDATE before it in the same file: ${check.sampleSql}`,
  });
  const isReady = isPlainReference(draft, constraint);
  return {
    ...after,
    preflight: [...draft.preflight, ...(isReady ? [accepted] : []), ...(isReady && isDue ? [holds] : [])],
  };
}

function isPlain(table: TableDraft, physical: string): boolean {
  const column = table.columns.find((each) => each.physical === physical);
  return column !== undefined && column.addition === null && column.replacement === null;
}

/** The referenced table and its columns are there before the migration runs. */
function isPlainReference(draft: Draft, constraint: NewConstraint): boolean {
  if (constraint.kind !== "foreign-key") return true;
  const other = constraint.references.schema === draft.schema.name ? draft.tables[constraint.references.table] : null;
  if (other === null) return true;
  if (other === undefined) return false;
  return other.table !== null && constraint.references.columns.every((name) => isPlain(other, name));
}

/** Columns that the migration adds are not there when the server is asked: they stand in as NULLs of their type. */
function withComingColumns(draft: Draft, table: TableDraft, sql: string): string {
  const name = columnNames(draft, table, "before-switch");
  const coming = table.columns
    .filter((column) => column.newName !== null && (column.addition !== null || column.replacement !== null))
    .map((column) => `NULL::${column.replacement?.type ?? column.type} AS ${quoteIdentifier(name(column.physical))}`);
  if (coming.length === 0) return sql;
  const base = baseName(draft, table);
  return sql.replaceAll(`FROM ${base} AS t`, `FROM (SELECT *, ${coming.join(", ")} FROM ${base}) AS t`);
}

/** On a table that the migration makes nobody waits and nothing is scanned. */
export function runAsWritten(
  draft: Draft,
  statement: Statement,
  table: string,
  name: string,
  more: readonly string[],
): Draft {
  const base = quoteQualified(draft.schema.name, table);
  return withStep(
    draft,
    ddlStep("expand", "native", `${table}: add ${name} to the new table`, {
      sql: [statement.text],
      undo: [`ALTER TABLE ${base} DROP CONSTRAINT IF EXISTS ${quoteIdentifier(name)}`],
      locks: more.map((relation) => lockOn(relation, "SHARE ROW EXCLUSIVE")),
    }),
  );
}

/** Physical names of the columns, in order. */
export function physicalNames(columns: readonly ColumnDraft[]): string[] {
  return columns.map((column) => column.physical);
}
