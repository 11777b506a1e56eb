// Reads what operations need from a statement: the table it names, the column, the author's expressions as templates.
import type { RangeVar } from "libpg-query";
import type { Preflight } from "../../core/plan.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { columnNamed, holderOf, tableNamed } from "./draft.ts";
import { ExpressionError, parseExpression, templateOf } from "./expression.ts";
import type { Expression, Template } from "./expression.ts";
import { directive, fail } from "./parse.ts";
import type { DirectiveName, Statement } from "./parse.ts";
import { isOwnColumn } from "./names.ts";
import { placeAt } from "./source.ts";
import { isOwnTrigger } from "./sync-triggers.ts";

/** The table of the migrated schema that a range variable names; null when it is another schema or not there. */
export function tableOf(draft: Draft, relation: RangeVar | undefined): TableDraft | null {
  if (relation?.relname === undefined) return null;
  if (relation.schemaname !== undefined && relation.schemaname !== draft.schema.name) return null;
  return tableNamed(draft, relation.relname) ?? null;
}

/** The table and the one command of an ALTER TABLE of this subtype. */
export function alterCommand(
  statement: Statement,
  draft: Draft,
  subtype: string,
): { table: TableDraft; column: string; command: NonNullable<Statement["command"]> } | null {
  if (!("AlterTableStmt" in statement.node) || statement.command?.subtype !== subtype) return null;
  const stmt = statement.node.AlterTableStmt;
  if (stmt.objtype !== undefined && stmt.objtype !== "OBJECT_TABLE") return null;
  const table = tableOf(draft, stmt.relation);
  if (table === null)
    fail(
      "change-refused",
      statement.source,
      statement.start,
      `There is no table ${relationText(stmt.relation)} in schema ${draft.schema.name}.`,
      "Mend the name, or pass --schema NAME.",
    );
  return { table, column: statement.command.name ?? "", command: statement.command };
}

/** The column of the new shape, or a refusal that shows the place. */
export function existingColumn(statement: Statement, table: TableDraft, name: string): ColumnDraft {
  const column = columnNamed(table, name);
  if (column === undefined)
    fail(
      "change-refused",
      statement.source,
      statement.start,
      `Table ${table.name} has no column ${name}.`,
      `Columns: ${visibleNames(table).join(", ")}.`,
    );
  return column;
}

function visibleNames(table: TableDraft): string[] {
  return table.columns.flatMap((column) => (column.newName === null ? [] : [column.newName]));
}

/** Refuses a change with the reason and the place. */
export function refuse(statement: Statement, reason: string, remedy: string): never {
  fail("change-refused", statement.source, statement.start, reason, remedy);
}

/** A table whose columns can be changed by a second column: an ordinary one that nothing unusual hangs on. */
export function refuseUnusualTable(statement: Statement, draft: Draft, table: TableDraft): void {
  const kind = table.table?.kind ?? "table";
  if (kind !== "table")
    refuse(
      statement,
      `${table.name} is ${kind === "foreign" ? "a foreign table" : `a ${kind} table`}: its columns cannot be expanded in place.`,
      "This needs the rebuild strategy.",
    );
  if (table.table?.rowSecurity === true && !draft.facts.hasSecurityInvokerViews) {
    refuse(
      statement,
      `${table.name} has row level security and this server's views would pass it by.`,
      "PostgreSQL 15 or later is needed for versioned views of this table.",
    );
  }
  const late = table.table?.triggers.find((trigger) => trigger.name > "~" && !isOwnTrigger(trigger.name));
  if (late !== undefined)
    refuse(
      statement,
      `The trigger ${late.name} would run after shoofly's and could undo the sync.`,
      `Rename the trigger so that its name sorts before "~".`,
    );
  if ((table.table?.attributes ?? 0) > 1500)
    refuse(
      statement,
      `${table.name} has used ${table.table?.attributes} of the 1600 columns a table can ever have.`,
      "This needs the rebuild strategy.",
    );
}

/** A table that an unpurged migration still keeps in two shapes cannot go or get another name underneath it. */
export function refuseUnpurged(statement: Statement, table: TableDraft): void {
  const isHeld =
    table.table?.columns.some((column) => isOwnColumn(column.name)) === true ||
    table.table?.triggers.some((trigger) => isOwnTrigger(trigger.name)) === true;
  if (isHeld)
    refuse(
      statement,
      `${table.name} still carries the retired shape of an earlier migration.`,
      "Purge that migration first: shoofly purge NAME",
    );
}

/**
 * Everything that hangs on a column and that a second column could not carry over.
 * @param isCarried views, policies and the like are made again over the second column
 */
export function refuseDependents(
  statement: Statement,
  table: TableDraft,
  column: ColumnDraft,
  isCarried: boolean,
): void {
  const found = table.table;
  if (found === null || column.column === null) return;
  const name = column.column.name;
  const reasons = [
    ...found.constraints
      .filter(
        (each) =>
          ["primary-key", "unique", "foreign-key", "exclusion"].includes(each.kind) && each.columns.includes(name),
      )
      .map((each) => `the ${each.kind.replace("-", " ")} ${each.name}`),
    ...found.indexes
      .filter((each) => each.unique && each.constraint === null && each.dependsOn.includes(name))
      .map((each) => `the unique index ${each.name}`),
    ...found.referencedBy
      .filter((each) => each.columns.includes(name))
      .map((each) => `the foreign key ${each.constraint} of ${each.table}`),
    ...found.dependents.filter((each) => each.column === name).map((each) => each.what),
    ...found.carried
      .filter((each) => each.columns.includes(name) && (!isCarried || each.problem !== null))
      .map((each) => (isCarried ? `the ${each.what} (${each.problem})` : `the ${each.what}`)),
    ...table.columns
      .filter((each) => each.addition?.generatedFrom?.includes(name) === true)
      .map((each) => `the generated column ${each.newName ?? ""}`),
    ...column.column.extras,
    ...(column.column.identity === null ? [] : ["its identity"]),
    ...(column.column.generated ? ["its generation expression"] : []),
  ];
  if (reasons.length > 0)
    refuse(
      statement,
      `Column ${name} of ${table.name} carries ${reasons.join(", ")}.`,
      "This needs the rebuild strategy; until then change what depends on the column first.",
    );
}

/**
 * The expression of a directive or clause as a template over physical columns.
 * @param shape what a name of the shape stands for
 */
export function templateFor(
  statement: Statement,
  table: TableDraft,
  draft: Draft,
  expression: { text: string; start: number },
  shape: (column: ColumnDraft) => Template,
): Template {
  const parsed = parseAt(statement, table, draft, expression);
  const resolve = (name: string, index: number): Template => {
    const column = columnNamed(table, name);
    if (column === undefined)
      fail(
        "expression-invalid",
        statement.source,
        expression.start + index,
        `Table ${table.name} has no column ${name}.`,
        `Columns: ${visibleNames(table).join(", ")}.`,
      );
    if (column.column?.generated === true)
      fail(
        "expression-invalid",
        statement.source,
        expression.start + index,
        `Column ${name} is generated: a trigger cannot see its value yet.`,
        "Write out the column's own expression instead.",
      );
    return shape(column);
  };
  if (!parsed.hasSubquery && parsed.foreign === null) return templateOf(parsed, (use) => resolve(use.name, use.start));
  // Scoping inside a subquery is the server's business: the row is offered as a relation of the table's name.
  const row = table.columns.flatMap((column): Template =>
    column.newName === null
      ? []
      : [
          ...(column.column?.generated === true ? ["NULL"] : shape(column)),
          ` AS ${quoteIdentifier(column.newName)}`,
          ", ",
        ],
  );
  return [
    "(SELECT (",
    expression.text,
    ") FROM (SELECT ",
    ...row.slice(0, -1),
    `) AS ${quoteIdentifier(table.newName ?? table.name)})`,
  ];
}

/** Old physical columns: what `up` reads, through earlier changes of the same file. */
export function oldShape(column: ColumnDraft): Template {
  return column.replacement?.up ?? column.addition?.up ?? [{ column: column.physical }];
}

/** The columns the new version writes: what `down` reads. */
export function newShape(column: ColumnDraft): Template {
  return [{ column: holderOf(column) }];
}

function parseAt(
  statement: Statement,
  table: TableDraft,
  draft: Draft,
  expression: { text: string; start: number },
): Expression {
  try {
    const name = table.newName ?? table.name;
    return parseExpression(expression.text, [name, `${draft.schema.name}.${name}`]);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    fail(
      "expression-invalid",
      statement.source,
      expression.start + error.index,
      `This expression cannot be used: ${error.message}.`,
      "Write one SQL expression over the columns of the table.",
    );
  }
}

/** The expression of a directive; null when it is not given. */
export function directiveExpression(statement: Statement, name: DirectiveName): { text: string; start: number } | null {
  const found = directive(statement, name);
  if (found === undefined) return null;
  if (found.value === "")
    fail(
      "expression-invalid",
      statement.source,
      found.start,
      `The directive ${name} needs an expression.`,
      `-- shoofly:${name} EXPRESSION`,
    );
  return { text: found.value, start: found.start };
}

/** Value of `allow RULE reason="…"`; an allow without a reason is refused. */
export function isAllowed(statement: Statement, rule: string): boolean {
  return statement.directives.some((each) => {
    if (each.name !== "allow" || each.value.split(/\s+/)[0] !== rule) return false;
    if (!/reason="[^"]+"/.test(each.value))
      fail(
        "unknown-directive",
        statement.source,
        each.start,
        `allow ${rule} needs a reason.`,
        `-- shoofly:allow ${rule} reason="…"`,
      );
    return true;
  });
}

/** A query that must be accepted or must return no row, tied to the place of its expression. */
export function preflightAt(
  statement: Statement,
  index: number,
  parts: Omit<Preflight, "file" | "line" | "column">,
): Preflight {
  return { ...parts, file: statement.source.file, ...placeAt(statement.source, index) };
}

function relationText(relation: RangeVar | undefined): string {
  return relation?.schemaname === undefined
    ? (relation?.relname ?? "")
    : `${relation.schemaname}.${relation.relname ?? ""}`;
}

export function baseName(draft: Draft, table: TableDraft): string {
  return quoteQualified(draft.schema.name, table.name);
}

/** A string literal without the leading blank that escapes need inside of expressions. */
export function literal(text: string): string {
  return quoteLiteral(text).trim();
}
