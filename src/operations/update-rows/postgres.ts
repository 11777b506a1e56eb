// UPDATE … [FROM] [WHERE]: run key range by key range, resumable, with the replaced values kept for the undo.
import type { UpdateStmt } from "libpg-query";
import type { Preflight } from "../../core/plan.ts";
import { updateChange } from "../../dialects/postgres/data-change.ts";
import type { UpdateParts } from "../../dialects/postgres/data-change.ts";
import type { Assignment, Clause, DataChange, Draft, RowUpdate, TableDraft } from "../../dialects/postgres/draft.ts";
import { columnNamed, holderOf, withChange } from "../../dialects/postgres/draft.ts";
import { fieldNames, isRecord, visit } from "../../dialects/postgres/expression.ts";
import { chunkKeyOf } from "../../dialects/postgres/fill.ts";
import { scanTokens, topLevel } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { refuseMoved } from "../../dialects/postgres/row-statement.ts";
import {
  baseName,
  existingColumn,
  oldShape,
  preflightAt,
  refuse,
  tableOf,
  templateFor,
} from "../../dialects/postgres/statement.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly update: UpdateStmt;
}

export const updateRows: Operation<Change> = {
  name: "update-rows",
  worksDirectly: true,
  match: (statement, draft) => {
    if (!("UpdateStmt" in statement.node)) return null;
    const table = tableOf(draft, statement.node.UpdateStmt.relation);
    return table === null ? null : { table: table.name, update: statement.node.UpdateStmt };
  },
  message: (change) =>
    `One UPDATE over all of ${change.table} holds row locks until it ends: clients that write those rows wait.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (change.update.withClause !== undefined || change.update.returningClause !== undefined)
      refuse(
        statement,
        "WITH and RETURNING cannot be run in chunks.",
        "Write the UPDATE without them, or use -- shoofly:raw.",
      );
    if (table.table === null)
      refuse(statement, `${change.table} is created by the same migration: it has no rows.`, "Leave the UPDATE out.");
    const key = chunkKeyOf(table.table);
    if (key === null)
      refuse(
        statement,
        `${change.table} has no unique key over NOT NULL columns, so rows cannot be told apart.`,
        "Add a primary key first.",
      );
    const { set, from, where } = clauses(statement, change.update);
    const targets = targetNames(change.update);
    const columns = targets.map((name) => existingColumn(statement, table, name));
    if (columns.some((column) => key.columns.some((each) => each.name === column.physical)))
      refuse(
        statement,
        "The UPDATE changes the key that the chunks walk along.",
        "Change keys in a migration of their own with -- shoofly:raw.",
      );
    refuseMoved(statement, draft, change.update, targets);
    const alias = change.update.relation?.alias?.aliasname ?? table.newName ?? change.table;
    const parts = {
      key,
      sets: columns.map((column) => ({ column: holderOf(column), type: column.type })),
      alias: quoteIdentifier(alias),
      setClause: set.text,
      fromClause: from?.text ?? null,
      whereClause: where?.text ?? null,
      title: `${change.table}: update ${targets.join(", ")}`,
      fillsNullsOf: nullFill(statement, draft, table, change.update, set, where),
    };
    const update: RowUpdate = {
      table: table.name,
      sets: parts.sets.map((each) => each.column),
      statement,
      assignments: from === null ? assignmentsOf(change.update, set) : null,
      where,
    };
    const checks = acceptance(draft, table, update, parts);
    return withChange(
      { ...draft, preflight: [...draft.preflight, ...checks] },
      { ...updateChange(draft, table, parts), update },
    );
  },
};

/** The server must accept the statement, as far as its columns are there already. */
function acceptance(draft: Draft, table: TableDraft, update: RowUpdate, parts: UpdateParts): Preflight[] {
  const { statement, assignments } = update;
  const added = Object.values(draft.tables).flatMap((each) =>
    each.columns.flatMap((column) => (column.addition === null ? [] : [column.newName ?? column.physical])),
  );
  const read = new Set<string>();
  visit(statement.node, (kind, value) => {
    if (kind === "ColumnRef") for (const name of fieldNames(value["fields"])) read.add(name);
  });
  if (added.some((name) => read.has(name))) return [];
  const base = `${baseName(draft, table)} AS ${parts.alias}`;
  const where = parts.whereClause === null ? "" : ` WHERE ${parts.whereClause}`;
  const from = parts.fromClause === null ? "" : ` FROM ${parts.fromClause}`;
  const writesAdded = table.columns.some((column) => column.addition !== null && update.sets.includes(column.physical));
  if (writesAdded && assignments === null) return [];
  const values = (assignments ?? []).map(({ value }) => `(${value.text})`).join(", ");
  return [
    preflightAt(statement, statement.start, {
      title: `${parts.title}: the server accepts the statement`,
      expects: "prepare",
      sql: writesAdded
        ? `SELECT ${values} FROM ${base}${where}`
        : `UPDATE ${base} SET ${parts.setClause}${from}${where}`,
      code: "expression-invalid",
      hint: "Mend the UPDATE.",
    }),
  ];
}

/** `c = expression, …` cut at its top-level commas; null for an alias, DEFAULT and `(a, b) = …`. */
function assignmentsOf(update: UpdateStmt, set: Clause): Assignment[] | null {
  if (update.relation?.alias !== undefined) return null;
  const tokens = topLevel(scanTokens(set.text));
  const cuts = [-1, ...tokens.flatMap((token) => (token.text === "," ? [token.start] : [])), set.text.length];
  const names = targetNames(update);
  if (cuts.length !== names.length + 1) return null;
  const assignments = names.map((column, index) => {
    const start = (cuts[index] ?? 0) + 1;
    const end = cuts[index + 1] ?? set.text.length;
    const equals = tokens.find((token) => token.start >= start && token.text === "=");
    const at = equals?.end ?? end;
    const body = set.text.slice(at, end);
    const lead = body.length - body.trimStart().length;
    return { column, value: { text: body.trim(), start: set.start + at + lead } };
  });
  const isPlain = (update.targetList ?? []).every(
    (node) => "ResTarget" in node && node.ResTarget.val !== undefined && !("MultiAssignRef" in node.ResTarget.val),
  );
  const isDefault = assignments.some(({ value }) => value.text.toUpperCase() === "DEFAULT");
  return isPlain && !isDefault ? assignments : null;
}

/** Cuts the statement at its top-level SET, FROM and WHERE; FROM by the parser's position, because IS DISTINCT FROM has one too. */
function clauses(statement: Statement, update: UpdateStmt): { set: Clause; from: Clause | null; where: Clause | null } {
  const text = statement.text;
  const tokens = topLevel(scanTokens(text)).filter((token) => token.keyword);
  const set = tokens.find((token) => token.text.toUpperCase() === "SET");
  const where = tokens.findLast((token) => token.text.toUpperCase() === "WHERE");
  const firstFrom = firstLocation(update.fromClause);
  const from =
    firstFrom === null
      ? undefined
      : tokens.findLast(
          (token) =>
            token.text.toUpperCase() === "FROM" &&
            statement.start + token.start < statement.source.characterAt(firstFrom),
        );
  const cut = (start: number, end: number): Clause => {
    const body = text.slice(start, end);
    return { text: body.trim(), start: statement.start + start + (body.length - body.trimStart().length) };
  };
  const hasWhere = update.whereClause !== undefined && where !== undefined;
  const end = hasWhere ? where.start : text.length;
  return {
    set: cut(set?.end ?? 0, from?.start ?? end),
    from: from === undefined ? null : cut(from.end, end),
    where: hasWhere ? cut(where.end, text.length) : null,
  };
}

function firstLocation(nodes: unknown): number | null {
  const found: number[] = [];
  visit(nodes, (kind, value) => {
    if (
      [
        "RangeVar",
        "RangeFunction",
        "RangeSubselect",
        "JoinExpr",
        "ColumnRef",
        "SelectStmt",
        "ResTarget",
        "A_Const",
      ].includes(kind) &&
      typeof value["location"] === "number"
    )
      found.push(value["location"]);
  });
  return found.length === 0 ? null : Math.min(...found);
}

function targetNames(update: UpdateStmt): string[] {
  return (update.targetList ?? []).flatMap((node) => ("ResTarget" in node ? [node.ResTarget.name ?? ""] : []));
}

/** `SET c = value WHERE c IS NULL`: what SET NOT NULL on the same column can use as its `up`. */
function nullFill(
  statement: Statement,
  draft: Draft,
  table: TableDraft,
  update: UpdateStmt,
  set: Clause,
  where: Clause | null,
): DataChange["fillsNullsOf"] {
  const [target, ...more] = update.targetList ?? [];
  if (
    where === null ||
    update.fromClause !== undefined ||
    more.length > 0 ||
    target === undefined ||
    !("ResTarget" in target)
  )
    return null;
  const column = target.ResTarget.name ?? "";
  const condition: unknown = update.whereClause;
  if (!isRecord(condition) || !isRecord(condition["NullTest"])) return null;
  const test = condition["NullTest"];
  const argument =
    isRecord(test["arg"]) && isRecord(test["arg"]["ColumnRef"])
      ? fieldNames(test["arg"]["ColumnRef"]["fields"]).at(-1)
      : null;
  if (test["nulltesttype"] !== "IS_NULL" || argument !== column || columnNamed(table, column) === undefined)
    return null;
  if (update.relation?.alias !== undefined) return null;
  const equals = scanTokens(set.text).find((token) => token.text === "=");
  if (equals === undefined) return null;
  const body = set.text.slice(equals.end);
  const value = { text: body.trim(), start: set.start + equals.end + (body.length - body.trimStart().length) };
  return { table: table.name, column, value: templateFor(statement, table, draft, value, oldShape) };
}
