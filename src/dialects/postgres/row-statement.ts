// What the data changes of the author have in common: names that moved, tables that they read, and parts of their text.
import type { Draft, TableDraft } from "./draft.ts";
import { hasChangedColumns, holderOf, tableNamed } from "./draft.ts";
import { fieldNames, visit } from "./expression.ts";
import type { Token } from "./parse.ts";
import { scanTokens, topLevel } from "./parse.ts";
import type { Statement } from "./parse.ts";
import { preflightAt, refuse } from "./statement.ts";

/** A statement over a column or table that the same file has moved would need its names rewritten in every scope. */
export function refuseMoved(statement: Statement, draft: Draft, node: unknown, targets: readonly string[] = []): void {
  const moved = Object.values(draft.tables).flatMap((table) =>
    table.columns.flatMap((column) =>
      column.newName !== null && (holderOf(column) !== column.newName || column.replacement !== null)
        ? [column.newName, column.physical]
        : [],
    ),
  );
  const used = new Set(targets);
  visit(node, (kind, value) => {
    if (kind === "ColumnRef") for (const name of fieldNames(value["fields"])) used.add(name);
  });
  const hit =
    moved.find((name) => used.has(name)) ??
    tablesRead(node).find((name) => {
      const table = tableNamed(draft, name) ?? draft.tables[name];
      return table !== undefined && table.newName !== table.name;
    });
  if (hit !== undefined)
    refuse(
      statement,
      `The statement uses ${hit}, which an earlier statement of this migration changes.`,
      "Put it before that statement, or into a migration of its own.",
    );
}

/** A table whose rows are added or removed whole must still have the shape that the statement knows. */
export function refuseChangedShape(statement: Statement, table: TableDraft): void {
  if (table.newName === table.name && !hasChangedColumns(table)) return;
  refuse(
    statement,
    `An earlier statement of this migration changes ${table.name}.`,
    "Put this statement before it, or into a migration of its own.",
  );
}

/** Names of the relations in FROM, USING, JOIN and subqueries. */
export function tablesRead(node: unknown): string[] {
  const names: string[] = [];
  visit(node, (kind, value) => {
    if (kind === "RangeVar" && typeof value["relname"] === "string") names.push(value["relname"]);
  });
  return [...new Set(names)];
}

/** An aggregate without GROUP BY would give another answer for every chunk; inside a subquery it sees what it always saw. */
export function noAggregates(statement: Statement, node: unknown): Draft["preflight"] {
  const inside = new Set<unknown>();
  visit(node, (kind, value) => {
    if (kind === "SubLink") visit(value, (_, nested) => inside.add(nested));
  });
  const names: string[] = [];
  visit(node, (kind, value) => {
    if (kind === "FuncCall" && !inside.has(value)) names.push(fieldNames(value["funcname"]).at(-1) ?? "");
  });
  if (names.length === 0) return [];
  const list = [...new Set(names)].map((name) => `'${name.replaceAll("'", "''")}'`).join(", ");
  return [
    preflightAt(statement, statement.start, {
      title: "no aggregate function, which would see one chunk at a time",
      expects: "empty",
      sql: `SELECT DISTINCT proname AS aggregate FROM pg_catalog.pg_proc WHERE prokind = 'a' AND proname IN (${list}) AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc AS other WHERE other.proname = pg_proc.proname AND other.prokind <> 'a')`,
      code: "change-refused",
      hint: "Compute the aggregate in a subquery, or run the statement as written with -- shoofly:raw.",
    }),
  ];
}

/** Keywords outside of all parentheses, with positions in the statement's text. */
export function topKeywords(statement: Statement): Token[] {
  return topLevel(scanTokens(statement.text)).filter((token) => token.keyword);
}

export function isKeyword(token: Token, word: string): boolean {
  return token.text.toUpperCase() === word;
}
