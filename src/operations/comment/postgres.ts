// COMMENT ON anything: nobody waits for it; the comment that was there is kept and comes back with the undo.
import type { CommentStmt } from "libpg-query";
import { columnNamed, withColumn, withStep } from "../../dialects/postgres/draft.ts";
import type { ColumnDraft, Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { stateSchema } from "../../dialects/postgres/names.ts";
import { addressCall, addressOf } from "../../dialects/postgres/object-address.ts";
import { scanTokens } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { literal } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly comment: string | null;
  /** A column of a table that was there before the migration or that it changes. */
  readonly column: { readonly table: string; readonly name: string } | null;
  /** Where the server finds the object. */
  readonly address: string;
  /** `TABLE public.users`, as the author wrote it. */
  readonly object: string;
  readonly relation: string | null;
}

export const comment: Operation<Change> = {
  name: "comment",
  match: (statement, draft) => {
    if (!("CommentStmt" in statement.node)) return null;
    const stmt = statement.node.CommentStmt;
    const address = addressOf(stmt.objtype, stmt.object);
    if (address === null) return null;
    const table = tableNamed(stmt, draft);
    const name = address.names.at(-1) ?? "";
    return {
      comment: stmt.comment ?? null,
      column:
        stmt.objtype === "OBJECT_COLUMN" && table?.table != null && columnNamed(table, name) !== undefined
          ? { table: table.name, name }
          : null,
      address: addressCall(address),
      object: objectText(statement),
      relation: table?.table == null ? null : `${draft.schema.name}.${table.name}`,
    };
  },
  message: (change) => `A comment on ${change.object} changes the catalog only.`,
  apply: (change, statement, draft) => {
    const found = columnOf(change, draft);
    if (found !== null) return withColumn(draft, found.table, { ...found.column, newComment: change.comment });
    const count = draft.steps.filter((step) => step.phase === "purge").length;
    const kept = quoteQualified(stateSchema, draft.names.archive(`comment_${count}`));
    const before = `SELECT (SELECT d.description FROM pg_catalog.pg_description d WHERE d.classoid = a.classid AND d.objoid = a.objid AND d.objsubid = a.objsubid) AS comment FROM ${change.address} AS a`;
    const restore = `BEGIN EXECUTE pg_catalog.format(${literal(`COMMENT ON ${change.object.replaceAll("%", "%%")} IS %L`)}, (SELECT comment FROM ${kept})); END`;
    return withStep(
      draft,
      // After the switch every object has its final name, and no version of the application sees a comment.
      ddlStep("contract", "native", `comment on ${change.object}`, {
        sql: [`CREATE TABLE ${kept} AS ${before}`, statement.text],
        undo: [`DO ${literal(restore)}`, `DROP TABLE ${kept}`],
        locks: change.relation === null ? [] : [lockOn(change.relation, "SHARE UPDATE EXCLUSIVE")],
      }),
      ddlStep("purge", "native", `drop the comment that ${change.object} had`, {
        sql: [`DROP TABLE ${kept}`],
        reversible: false,
      }),
    );
  },
};

function columnOf(change: Change, draft: Draft): { table: TableDraft; column: ColumnDraft } | null {
  if (change.column === null) return null;
  const table = draft.tables[change.column.table];
  const column = table === undefined ? undefined : columnNamed(table, change.column.name);
  return table === undefined || column === undefined ? null : { table, column };
}

/** The table of the migrated schema that the object is or belongs to. */
function tableNamed(stmt: CommentStmt, draft: Draft): TableDraft | null {
  if (stmt.object === undefined || !("List" in stmt.object)) return null;
  const names = fieldNames(stmt.object.List.items);
  const isTable = stmt.objtype === "OBJECT_TABLE";
  const belongs = ["OBJECT_COLUMN", "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"];
  if (!isTable && !belongs.includes(stmt.objtype ?? "")) return null;
  const own = isTable ? names : names.slice(0, -1);
  const [schema, name] = own.length === 1 ? [draft.schema.name, own[0]] : own.slice(-2);
  return schema === draft.schema.name && name !== undefined ? (draft.tables[name] ?? null) : null;
}

function objectText(statement: Statement): string {
  const tokens = scanTokens(statement.text);
  const on = tokens.find((token) => token.keyword && token.text.toUpperCase() === "ON");
  const is = tokens.findLast((token) => token.keyword && token.text.toUpperCase() === "IS");
  return statement.text
    .slice(on?.end ?? 0, is?.start)
    .trim()
    .replaceAll(/\s+/g, " ");
}
