// ALTER COLUMN … TYPE: a second column of the new type, kept equal both ways, takes the old one's place at the switch.
import { deparseType } from "../../dialects/postgres/type-name.ts";
import type { ColumnDraft, Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { defaultOf, holderOf, withColumn } from "../../dialects/postgres/draft.ts";
import { render } from "../../dialects/postgres/expression.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import { scanTokens, topLevel } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import {
  alterCommand,
  baseName,
  directiveExpression,
  existingColumn,
  isAllowed,
  newShape,
  oldShape,
  preflightAt,
  refuse,
  refuseDependents,
  refuseUnusualTable,
  templateFor,
} from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Given by COLLATE; without it the new column has the collation of its type, as the naive statement would give. */
  readonly collation: string | null;
  readonly using: { readonly text: string; readonly start: number } | null;
}

export const changeColumnType: Operation<Change> = {
  name: "change-column-type",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_AlterColumnType");
    if (found === null) return null;
    return {
      table: found.table.name,
      column: found.column,
      type: deparseType(statement),
      collation: collateClause(statement),
      using: usingClause(statement),
    };
  },
  message: (change, _draft, effect) =>
    effect?.rewrite === false
      ? `Changing the type of ${change.table}.${change.column} ${effect.scan ? "reads the whole table or builds its indexes anew" : "keeps the table as it is, but waits for ACCESS EXCLUSIVE, and everybody else waits behind it"}${effect.scan ? " under ACCESS EXCLUSIVE" : ""}.`
      : `Changing the type of ${change.table}.${change.column} rewrites the table and its indexes under ACCESS EXCLUSIVE: reads and writes wait for the whole time.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const column = existingColumn(statement, table, change.column);
    refuseUnusualTable(statement, draft, table);
    refuseDependents(statement, table, column);
    if (column.addition !== null || table.table === null)
      refuse(
        statement,
        `Column ${change.column} is added by the same migration.`,
        "Give it its final type where it is added.",
      );
    if (column.replacement !== null)
      refuse(
        statement,
        `Column ${change.column} changes twice in the same migration.`,
        "Write one change with the final type.",
      );
    const down = directiveExpression(statement, "down");
    const upText = directiveExpression(statement, "up") ?? change.using;
    if (upText !== null && down === null)
      refuse(
        statement,
        `USING says how ${change.column} becomes ${change.type}, but not how a value goes back into ${column.type}.`,
        `Add a line before the statement: -- shoofly:down EXPRESSION   (over the new ${change.column})`,
      );
    const up = upText === null ? oldShape(column) : templateFor(statement, table, draft, upText, oldShape);
    const added: ColumnDraft = {
      ...column,
      replacement: {
        physical: draft.names.added(column.physical),
        type: change.type,
        collation: change.collation,
        up,
        down: [],
        notNull: column.column?.notNull ?? false,
        default: defaultOf(column),
        narrowsBack: true,
      },
    };
    const expanded = withColumn(draft, table, added);
    const expandedTable = expanded.tables[change.table];
    if (expandedTable === undefined || added.replacement === null) return draft;
    const downTemplate =
      down === null ? newShape(added) : templateFor(statement, expandedTable, expanded, down, newShape);
    const done: ColumnDraft = { ...added, replacement: { ...added.replacement, down: downTemplate } };
    return withChecks(
      withColumn(expanded, expandedTable, done),
      expandedTable,
      done,
      statement,
      (down ?? upText)?.start ?? statement.start,
    );
  },
};

function collateClause(statement: Statement): string | null {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = topLevel(scanTokens(text)).filter((token) => token.keyword);
  const collate = tokens.find((token) => token.text.toUpperCase() === "COLLATE");
  if (collate === undefined) return null;
  const using = tokens.find((token) => token.start > collate.end && token.text.toUpperCase() === "USING");
  return text.slice(collate.end, using?.start ?? text.length).trim();
}

/** The author's text between USING and the end of the command. */
function usingClause(statement: Statement): Change["using"] {
  const text = statement.source.text.slice(statement.start, statement.end);
  const using = topLevel(scanTokens(text)).find((token) => token.keyword && token.text.toUpperCase() === "USING");
  if (using === undefined) return null;
  const body = text.slice(using.end);
  return { text: body.trim(), start: statement.start + using.end + (body.length - body.trimStart().length) };
}

/** The server must accept both expressions, and sampled rows must survive the way there and back. */
function withChecks(draft: Draft, table: TableDraft, column: ColumnDraft, statement: Statement, at: number): Draft {
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
  return {
    ...draft,
    preflight: [...draft.preflight, accepted, ...(isAllowed(statement, "lossy-down") ? [] : [roundTrip])],
  };
}
