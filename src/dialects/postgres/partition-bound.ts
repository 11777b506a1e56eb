// A partition's bound as a condition over its key, so that a check can prove beforehand what ATTACH would scan for under its lock.
import type { PartitionBoundSpec } from "libpg-query";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { isRecord } from "./expression.ts";
import { scanTokens, topLevel } from "./parse.ts";
import type { Token } from "./parse.ts";
import type { Statement } from "./parse.ts";
import { refuse, tableOf } from "./statement.ts";

/** The partitioned table that the statement names, or a refusal. */
export function parentOf(
  statement: Statement,
  draft: Draft,
  relation: Parameters<typeof tableOf>[1],
): TableDraft & { readonly table: NonNullable<TableDraft["table"]> } {
  const parent = tableOf(draft, relation);
  if (parent?.table == null || parent.table.partitioning === null || parent.newName !== parent.name)
    refuse(
      statement,
      `${relation?.relname ?? "The parent"} is no partitioned table of schema ${draft.schema.name} that was there before this migration.`,
      "Make the partitioned table in a migration of its own.",
    );
  return { ...parent, table: parent.table };
}

/**
 * The rows that the bound takes, as the server's own proof understands it: `k IS NOT NULL AND k >= low AND k < high` for a range
 * (manual §5.12.2.2). Null when it cannot be written for this key: several columns, an expression, a hash.
 */
export function boundCondition(parent: TableDraft, bound: PartitionBoundSpec, statement: Statement): string | null {
  const partitioning = parent.table?.partitioning;
  const [name, ...more] = partitioning?.columns ?? [];
  const column = parent.table?.columns.find((each) => each.name === name);
  if (partitioning == null || column === undefined || more.length > 0 || bound.is_default === true) return null;
  const key = quoteIdentifier(column.name);
  const lists = boundLists(statement);
  if (partitioning.strategy === "list") {
    const values = (lists[0] ?? []).filter((text) => text.toUpperCase() !== "NULL");
    const hasNull = (bound.listdatums ?? []).some((node) => "A_Const" in node && node.A_Const.isnull === true);
    const among = values.map((text) => `(${text})::${column.type}`).join(", ");
    const known = values.length === 0 ? [] : [`(${key} IS NOT NULL AND ${key} = ANY (ARRAY[${among}]))`];
    return [...known, ...(hasNull ? [`${key} IS NULL`] : [])].join(" OR ");
  }
  if (partitioning.strategy !== "range") return null;
  const [low, high] = [lists[0]?.[0], lists[1]?.[0]];
  return [
    `${key} IS NOT NULL`,
    ...(low === undefined || isOpen(bound.lowerdatums) ? [] : [`${key} >= (${low})::${column.type}`]),
    ...(high === undefined || isOpen(bound.upperdatums) ? [] : [`${key} < (${high})::${column.type}`]),
  ].join(" AND ");
}

/** `FOR VALUES …` or `DEFAULT`, as the author wrote it. */
export function boundText(statement: Statement): string {
  const tokens = topLevel(scanTokens(statement.text));
  const start = boundStart(tokens);
  const lists = tokens.filter((token) => token.start >= (start?.start ?? 0) && token.text === "(");
  if (start === undefined) return "";
  if (start.text.toUpperCase() === "DEFAULT") return "DEFAULT";
  const count = tokens.some((token) => token.start > start.start && token.text.toUpperCase() === "FROM") ? 2 : 1;
  const last = lists[count - 1];
  const close = last === undefined ? undefined : closing(statement.text, last);
  return statement.text.slice(start.start, close ?? statement.text.length);
}

/** The text after the bound: `PARTITION BY`, `WITH (…)`, `TABLESPACE …`. */
export function textAfterBound(statement: Statement): string {
  const bound = boundText(statement);
  const tokens = topLevel(scanTokens(statement.text));
  const start = boundStart(tokens);
  return statement.text.slice((start?.start ?? 0) + bound.length).trim();
}

function boundStart(tokens: readonly Token[]): Token | undefined {
  return tokens.findLast(
    (token, index) =>
      (token.text.toUpperCase() === "FOR" && tokens[index + 1]?.text.toUpperCase() === "VALUES") ||
      (token.text.toUpperCase() === "DEFAULT" && token.keyword),
  );
}

/** The elements of each parenthesised list of the bound. */
function boundLists(statement: Statement): string[][] {
  const text = boundText(statement);
  const tokens = scanTokens(text);
  const lists: string[][] = [];
  for (const open of topLevel(tokens).filter((token) => token.text === "(")) {
    const end = (closing(text, open) ?? text.length) - 1;
    const inner = text.slice(open.end, end);
    const commas = topLevel(scanTokens(inner)).filter((token) => token.text === ",");
    const cuts = [...commas.map((token) => token.start), inner.length];
    lists.push(cuts.map((cut, index) => inner.slice(index === 0 ? 0 : (cuts[index - 1] ?? 0) + 1, cut).trim()));
  }
  return lists;
}

/** End of the parenthesis that opens with the token. */
function closing(text: string, open: Token): number | null {
  let depth = 0;
  for (const token of scanTokens(text)) {
    if (token.start < open.start) continue;
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (depth === 0) return token.end;
  }
  return null;
}

function isOpen(datums: unknown): boolean {
  const [first] = Array.isArray(datums) ? (datums as unknown[]) : [];
  return isRecord(first) && "ColumnRef" in first;
}
