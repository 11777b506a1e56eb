// INSERT … SELECT: run along the key of the table it reads; INSERT … VALUES: in one transaction. Both note what they added.
import type { InsertStmt, Node, RangeVar, SelectStmt } from "libpg-query";
import { closed, forgiveInserted, insertChange } from "../../dialects/postgres/data-change.ts";
import type { InsertParts } from "../../dialects/postgres/data-change.ts";
import { withChange } from "../../dialects/postgres/draft.ts";
import type { Draft } from "../../dialects/postgres/draft.ts";
import { visit } from "../../dialects/postgres/expression.ts";
import { chunkKeyOf, rangeCondition } from "../../dialects/postgres/fill.ts";
import { directive } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import {
  isKeyword,
  noAggregates,
  refuseChangedShape,
  refuseMoved,
  tablesRead,
  topKeywords,
} from "../../dialects/postgres/row-statement.ts";
import { preflightAt, refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly insert: InsertStmt;
}

export const insertRows: Operation<Change> = {
  name: "insert-rows",
  match: (statement, draft) => {
    if (!("InsertStmt" in statement.node)) return null;
    if (directive(statement, "undo") !== undefined) return null;
    const table = tableOf(draft, statement.node.InsertStmt.relation);
    return table === null ? null : { table: table.name, insert: statement.node.InsertStmt };
  },
  message: (change) =>
    `An INSERT over many rows of ${change.table} is one long transaction: it cannot be stopped half way, and keeps old row versions from being cleaned up.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const { insert } = change;
    if (insert.withClause !== undefined || insert.returningClause !== undefined)
      refuse(statement, "WITH and RETURNING cannot be run in chunks.", "Write the INSERT without them.");
    if (insert.onConflictClause?.action === "ONCONFLICT_UPDATE")
      refuse(
        statement,
        "ON CONFLICT DO UPDATE changes rows whose old values would be in no archive.",
        "Write an UPDATE for the rows that are there and an INSERT … ON CONFLICT DO NOTHING for the others.",
      );
    const key = table.table === null ? null : chunkKeyOf(table.table);
    if (table.table !== null && key === null)
      refuse(
        statement,
        `${change.table} has no unique key over NOT NULL columns, so the added rows could not be told from others.`,
        "Add a primary key first, or say how to take it back: -- shoofly:undo SQL",
      );
    if (table.table !== null) refuseChangedShape(statement, table);
    refuseMoved(statement, draft, insert);
    const select =
      insert.selectStmt !== undefined && "SelectStmt" in insert.selectStmt ? insert.selectStmt.SelectStmt : null;
    const isSmall = select === null || select.valuesLists !== undefined || select.fromClause === undefined;
    const parts = isSmall ? wholeStatement(statement, change) : chunked(statement, draft, change, select);
    const data = insertChange(draft, table, key, parts);
    const checks = table.table === null ? [] : [accepted(statement, parts.title)];
    const more = isSmall ? [] : noAggregates(statement, select.targetList);
    const after = forgiveInserted(draft, table, data);
    return withChange({ ...after, preflight: [...after.preflight, ...checks, ...more] }, data);
  },
};

function accepted(statement: Statement, title: string): Draft["preflight"][number] {
  return preflightAt(statement, statement.start, {
    title: `${title}: the server accepts the statement`,
    expects: "prepare",
    sql: statement.text,
    code: "expression-invalid",
    hint: "Mend the INSERT.",
  });
}

function wholeStatement(statement: Statement, change: Change): InsertParts {
  return {
    source: null,
    statement: (returning) => `${statement.text} RETURNING ${returning}`,
    title: `${change.table}: insert`,
  };
}

/** The SELECT gets the range of the table it reads first; everything else stays as the author wrote it. */
function chunked(statement: Statement, draft: Draft, change: Change, select: SelectStmt): InsertParts {
  refuseWholeSet(statement, select);
  const first = leftmost(select.fromClause?.[0]);
  const source = first === null ? null : tableOf(draft, first);
  const key = source?.table == null ? null : chunkKeyOf(source.table);
  if (first === null || source === null || key === null)
    refuse(
      statement,
      "The SELECT must begin with a table of this schema that has a unique key over NOT NULL columns: the chunks walk along it.",
      "Put that table first in FROM, on the left side of every LEFT JOIN.",
    );
  if (tablesRead(select).includes(change.table))
    refuse(statement, `The INSERT reads ${change.table} itself.`, "Run it as written with -- shoofly:raw.");
  const words = topKeywords(statement);
  const isOutermost = words.some((token) => isKeyword(token, "SELECT"));
  if (!isOutermost)
    refuse(
      statement,
      "The SELECT stands in parentheses.",
      "Write INSERT INTO … SELECT … without parentheses around it.",
    );
  const conflict =
    change.insert.onConflictClause === undefined
      ? undefined
      : words.find(
          (token, index) =>
            isKeyword(token, "ON") &&
            words[index + 1] !== undefined &&
            isKeyword(words[index + 1] ?? token, "CONFLICT"),
        );
  const where = select.whereClause === undefined ? undefined : words.find((token) => isKeyword(token, "WHERE"));
  const end = conflict?.start ?? statement.text.length;
  const head = statement.text.slice(0, where?.start ?? end).trimEnd();
  const condition = where === undefined ? "" : ` AND (${closed(statement.text.slice(where.end, end).trim())})`;
  const range = rangeCondition(key, quoteIdentifier(first.alias?.aliasname ?? source.newName ?? source.name));
  const tail = statement.text.slice(end).trim();
  return {
    source: { table: source, key },
    statement: (returning) => `${closed(head)} WHERE ${range}${condition} ${tail} RETURNING ${returning}`,
    title: `${change.table}: insert from ${source.name}`,
  };
}

/** What needs all rows at once cannot be cut into ranges. */
function refuseWholeSet(statement: Statement, select: SelectStmt): void {
  const reasons = [
    select.groupClause === undefined ? "" : "GROUP BY",
    select.distinctClause === undefined ? "" : "DISTINCT",
    select.havingClause === undefined ? "" : "HAVING",
    select.limitCount === undefined && select.limitOffset === undefined ? "" : "LIMIT",
    select.sortClause === undefined ? "" : "ORDER BY",
    select.withClause === undefined ? "" : "WITH",
    select.op === undefined || select.op === "SETOP_NONE" ? "" : "UNION",
    select.lockingClause === undefined ? "" : "FOR UPDATE",
    hasWindow(select) ? "a window function" : "",
  ].filter((reason) => reason !== "");
  if (reasons.length > 0)
    refuse(
      statement,
      `${reasons.join(" and ")} needs all rows at once and cannot be run in chunks.`,
      "Run the statement as written with -- shoofly:raw and an undo, or put that part into a subquery.",
    );
}

function hasWindow(select: SelectStmt): boolean {
  let found = false;
  visit(select.targetList, (kind, value) => {
    if (kind === "FuncCall" && value["over"] !== undefined) found = true;
  });
  return found;
}

/** The table on the left of all joins, as long as no join can make its columns NULL. */
function leftmost(node: Node | undefined): RangeVar | null {
  if (node === undefined) return null;
  if ("RangeVar" in node) return node.RangeVar;
  if (!("JoinExpr" in node)) return null;
  const { jointype, larg } = node.JoinExpr;
  return jointype === "JOIN_INNER" || jointype === "JOIN_LEFT" ? leftmost(larg) : null;
}
