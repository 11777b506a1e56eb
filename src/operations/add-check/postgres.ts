// ADD CHECK: NOT VALID first, then VALIDATE; on existing columns it holds once the old version is closed.
import type { Constraint } from "libpg-query";
import {
  addedConstraint,
  constraintName,
  enforcementOf,
  runAsWritten,
  withConstraint,
  withUp,
} from "../../dialects/postgres/constraint-clause.ts";
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { ExpressionError, parseExpression, templateOf } from "../../dialects/postgres/expression.ts";
import type { Expression } from "../../dialects/postgres/expression.ts";
import { fail, scanTokens } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { existingColumn, refuse } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly constraint: Constraint;
}

export const addCheck: Operation<Change> = {
  name: "add-check",
  match: (statement, draft) => addedConstraint(statement, draft, "CONSTR_CHECK"),
  message: (change) =>
    change.constraint.skip_validation === true
      ? `ADD CHECK … NOT VALID locks ${change.table} for a moment, and old clients that break it fail from then on.`
      : `ADD CHECK scans ${change.table} under ACCESS EXCLUSIVE: reads and writes wait, and old clients that break it fail from then on.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const { constraint } = change;
    const text = conditionText(statement);
    if (table.table === null) {
      const columns = usedNames(parseCondition(statement, draft, table, text));
      return runAsWritten(draft, statement, change.table, nameOf(statement, draft, change, columns), []);
    }
    refuseUnusual(statement, table, constraint);
    const parsed = parseCondition(statement, draft, table, text);
    const names = usedNames(parsed);
    const name = nameOf(statement, draft, change, names);
    const expanded = withUp(statement, draft, table, names);
    const shape = expanded.tables[change.table] ?? table;
    const columns = names.map((each) => existingColumn(statement, shape, each));
    const isEnforced = constraint.is_enforced === true;
    return withConstraint(expanded, statement, {
      kind: "check",
      table: change.table,
      name,
      columns: columns.map((column) => column.physical),
      condition: templateOf(parsed, (use) => [{ column: existingColumn(statement, shape, use.name).physical }]),
      tail: `${constraint.is_no_inherit === true ? " NO INHERIT" : ""}${isEnforced ? "" : " NOT ENFORCED"}`,
      isValidated: isEnforced && constraint.skip_validation !== true,
      enforced: isEnforced ? enforcementOf(statement, columns) : "from-start",
    });
  },
};

function refuseUnusual(statement: Statement, table: TableDraft, constraint: Constraint): void {
  if (table.table?.kind === "foreign")
    refuse(
      statement,
      `${table.name} is a foreign table: its constraints are promises that nobody checks.`,
      "-- shoofly:raw",
    );
  if (table.table?.kind === "partitioned" && constraint.is_no_inherit === true)
    refuse(statement, `${table.name} is partitioned: NO INHERIT would hold for no row.`, "Leave NO INHERIT out.");
  if ("AlterTableStmt" in statement.node && statement.node.AlterTableStmt.relation?.inh !== true)
    if (table.table?.kind === "partitioned" || table.table?.kind === "inheritance")
      refuse(statement, `ONLY would leave the children of ${table.name} without the constraint.`, "Leave ONLY out.");
}

/** One column gives its name to the constraint, several do not (as the server does it). */
function nameOf(statement: Statement, draft: Draft, change: Change, names: readonly string[]): string {
  return constraintName(statement, draft, change.constraint.conname, {
    table: change.table,
    columns: names.length === 1 ? names : null,
    label: "check",
  });
}

function usedNames(expression: Expression): string[] {
  return [...new Set(expression.columns.map((use) => use.name))];
}

function parseCondition(
  statement: Statement,
  draft: Draft,
  table: TableDraft,
  { text, start }: { text: string; start: number },
): Expression {
  try {
    const parsed = parseExpression(text, [shown(table), `${draft.schema.name}.${shown(table)}`]);
    if (parsed.hasSubquery)
      fail("change-refused", statement.source, start, "A check constraint cannot ask another query.", "Use a trigger.");
    if (parsed.foreign !== null)
      fail(
        "change-refused",
        statement.source,
        start,
        `The condition uses ${parsed.foreign}, which is no column of ${table.name}.`,
        "Name the columns one by one.",
      );
    return parsed;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return fail(
      "expression-invalid",
      statement.source,
      start + error.index,
      `${error.message}.`,
      "Mend the condition.",
    );
  }
}

/** The text between the parentheses of CHECK (…). */
function conditionText(statement: Statement): { text: string; start: number } {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = scanTokens(text);
  const check = tokens.findIndex(
    (token, index) => token.keyword && token.text.toUpperCase() === "CHECK" && tokens[index + 1]?.text === "(",
  );
  let depth = 0;
  for (const token of tokens.slice(check + 1)) {
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (depth > 0) continue;
    const from = tokens[check + 1]?.end ?? 0;
    const inner = text.slice(from, token.start);
    // A comment at the end must not swallow the parenthesis that closes the condition.
    return { text: inner.includes("--") ? `${inner}\n` : inner, start: statement.start + from };
  }
  return { text: "", start: statement.start };
}

function shown(table: TableDraft): string {
  return table.newName ?? table.name;
}
