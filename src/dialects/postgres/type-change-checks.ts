// What is tried on the real rows before a column changes its type: both expressions, the way there and back, and whether all values fit.
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { holderOf } from "./draft.ts";
import { render } from "./expression.ts";
import { misfitCondition } from "./narrowing.ts";
import type { Statement } from "./parse.ts";
import { baseName, isAllowed, preflightAt } from "./statement.ts";

/**
 * The server must accept both expressions, and sampled rows must survive the way there and back.
 * @param isExplicit the author says what becomes of each value
 */
export function withTypeChecks(
  draft: Draft,
  column: ColumnDraft,
  statement: Statement,
  { table, at, isExplicit }: { table: TableDraft; at: number; isExplicit: boolean },
): Draft {
  const replacement = column.replacement;
  if (replacement === null) return draft;
  const base = baseName(draft, table);
  const own = quoteIdentifier(column.physical);
  const holder = quoteIdentifier(holderOf(column));
  const up = `${render(replacement.up, "t")}::${replacement.type}`;
  const down = `${render(replacement.down, "s")}::${column.type}`;
  const sample = `SELECT t.*, ${up} AS ${holder} FROM (SELECT * FROM ${base} LIMIT 10000) AS t`;
  const accepted = preflightAt(statement, at, {
    title: `${table.name}.${column.newName ?? ""}: up and down are accepted`,
    expects: "prepare",
    sql: `SELECT ${down} FROM (${sample}) AS s`,
    code: "expression-invalid",
    hint: "Mend the expression: USING and up see the old columns, down sees the new ones.",
  });
  const roundTrip = preflightAt(statement, at, {
    title: `${table.name}.${column.newName ?? ""}: down(up(x)) gives x back`,
    expects: "empty",
    sql: `SELECT s.${own} AS old, s.${holder} AS new, ${down} AS back FROM (${sample}) AS s WHERE ROW(${down})::record OPERATOR(pg_catalog.*<>) ROW(s.${own})::record LIMIT 5`,
    code: "lossy-down",
    hint: `Mend down, or accept the loss: -- shoofly:allow lossy-down reason="…"`,
  });
  const isFitting = isExplicit || isAllowed(statement, "narrowing");
  return {
    ...draft,
    preflight: [
      ...draft.preflight,
      accepted,
      ...(isFitting ? [] : narrowing(table, column, statement, base)),
      ...(isAllowed(statement, "lossy-down") ? [] : [roundTrip]),
    ],
  };
}

/** Every row is looked at, not a sample: one that does not fit would stop the fill half-way. */
function narrowing(table: TableDraft, column: ColumnDraft, statement: Statement, base: string): Draft["preflight"] {
  const own = quoteIdentifier(column.physical);
  const type = column.replacement?.type ?? "";
  const condition = misfitCondition(column.type, type, own);
  if (condition === null) return [];
  return [
    preflightAt(statement, statement.start, {
      title: `${table.name}.${column.newName ?? ""}: every value fits into ${type}`,
      expects: "empty",
      sql: `SELECT ${own} AS value, count(*) OVER () AS "rows that do not fit" FROM ${base} WHERE ${condition} LIMIT 5`,
      code: "change-refused",
      hint: `Mend these rows first, say with USING or -- shoofly:up EXPRESSION what becomes of them, or let the fill put them into the quarantine: -- shoofly:allow narrowing reason="…"`,
    }),
  ];
}
