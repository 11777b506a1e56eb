// DELETE … [USING] [WHERE]: run key range by key range, resumable, with the removed rows kept for the undo.
import type { DeleteStmt } from "libpg-query";
import { deleteChange } from "../../dialects/postgres/data-change.ts";
import { withChange } from "../../dialects/postgres/draft.ts";
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { visit } from "../../dialects/postgres/expression.ts";
import { chunkKeyOf } from "../../dialects/postgres/fill.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import {
  isKeyword,
  refuseChangedShape,
  refuseMoved,
  tablesRead,
  topKeywords,
} from "../../dialects/postgres/row-statement.ts";
import { baseName, isAllowed, preflightAt, refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly remove: DeleteStmt;
}

export const deleteRows: Operation<Change> = {
  name: "delete-rows",
  match: (statement, draft) => {
    if (!("DeleteStmt" in statement.node)) return null;
    const table = tableOf(draft, statement.node.DeleteStmt.relation);
    return table === null ? null : { table: table.name, remove: statement.node.DeleteStmt };
  },
  message: (change) =>
    `One DELETE over ${change.table} holds row locks until it ends, and the removed rows cannot be taken back.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const { remove } = change;
    if (remove.withClause !== undefined || remove.returningClause !== undefined)
      refuse(statement, "WITH and RETURNING cannot be run in chunks.", "Write the DELETE without them.");
    if (table.table === null)
      refuse(statement, `${change.table} is created by the same migration: it has no rows.`, "Leave the DELETE out.");
    const key = chunkKeyOf(table.table);
    if (key === null)
      refuse(
        statement,
        `${change.table} has no unique key over NOT NULL columns, so rows cannot be told apart.`,
        "Add a primary key first.",
      );
    refuseChangedShape(statement, table);
    refuseMoved(statement, draft, remove);
    refuseChildren(statement, table);
    refuseOwnRows(statement, change);
    const { using, where } = clauses(statement, remove);
    const alias = quoteIdentifier(remove.relation?.alias?.aliasname ?? change.table);
    const title = `${change.table}: delete ${where === null ? "all rows" : "the rows that match"}`;
    const data = deleteChange(draft, table, { key, alias, usingClause: using, whereClause: where, title });
    return withChange(
      { ...draft, preflight: [...draft.preflight, accepted(statement, draft, table, { alias, using, where, title })] },
      data,
    );
  },
};

function accepted(
  statement: Statement,
  draft: Draft,
  table: TableDraft,
  { alias, using, where, title }: { alias: string; using: string | null; where: string | null; title: string },
): Draft["preflight"][number] {
  return preflightAt(statement, statement.start, {
    title: `${title}: the server accepts the statement`,
    expects: "prepare",
    sql: `DELETE FROM ${baseName(draft, table)} AS ${alias}${using === null ? "" : ` USING ${using}\n`}${where === null ? "" : ` WHERE ${where}`}`,
    code: "expression-invalid",
    hint: "Mend the DELETE.",
  });
}

/** What a cascade would remove or change elsewhere is in no archive. */
function refuseChildren(statement: Statement, table: TableDraft): void {
  const child = table.table?.referencedBy.find((each) => !["no action", "restrict"].includes(each.onDelete));
  if (child !== undefined)
    refuse(
      statement,
      `The foreign key ${child.constraint} of ${child.table} says ON DELETE ${child.onDelete.toUpperCase()}: rows there would change without a way back.`,
      `Delete the rows of ${child.table} first, in this file, and give the key ON DELETE NO ACTION; or use -- shoofly:raw.`,
    );
  const own = table.table?.referencedBy.find((each) => each.schema === table.table?.schema && each.name === table.name);
  if (own !== undefined)
    refuse(
      statement,
      `Rows of ${table.name} point to each other (${own.constraint}): one chunk could not remove a row before those that point to it.`,
      "Run the DELETE as written with -- shoofly:raw, or in parts of your own.",
    );
}

function refuseOwnRows(statement: Statement, { table, remove }: Change): void {
  const reads = tablesRead([remove.usingClause, remove.whereClause]).includes(table);
  if (reads && !isAllowed(statement, "reads-itself"))
    refuse(
      statement,
      `The DELETE reads ${table} itself, whose rows change from chunk to chunk.`,
      `If the answer is the same when some of the rows are gone already, add: -- shoofly:allow reads-itself reason="…"`,
    );
  visit(remove.whereClause, (kind) => {
    if (kind === "CurrentOfExpr")
      refuse(statement, "There is no cursor in a migration.", "Name the rows by a condition.");
  });
}

/** Cuts the statement at its own USING and WHERE: the first and the last that stand outside of parentheses. */
function clauses(statement: Statement, remove: DeleteStmt): { using: string | null; where: string | null } {
  const words = topKeywords(statement);
  const using = remove.usingClause === undefined ? undefined : words.find((token) => isKeyword(token, "USING"));
  const where = remove.whereClause === undefined ? undefined : words.findLast((token) => isKeyword(token, "WHERE"));
  const end = where?.start ?? statement.text.length;
  return {
    using: using === undefined ? null : statement.text.slice(using.end, end).trim(),
    where: where === undefined ? null : statement.text.slice(where.end).trim(),
  };
}
