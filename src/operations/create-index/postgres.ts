// CREATE INDEX: built CONCURRENTLY over the columns that hold the new shape, after they are filled; a unique one when old writers are gone.
import type { IndexStmt } from "libpg-query";
import { strongestLock } from "../../core/effect.ts";
import { enforcementOf, isEnforcedNow } from "../../dialects/postgres/constraint-clause.ts";
import { chooseName, indexColumnNames, isRelationName } from "../../dialects/postgres/default-name.ts";
import { substituteColumns } from "../../dialects/postgres/definition.ts";
import type { Draft } from "../../dialects/postgres/draft.ts";
import { columnNamed, withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames, visit } from "../../dialects/postgres/expression.ts";
import type { NewIndex } from "../../dialects/postgres/new-constraint.ts";
import { scanTokens } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly index: IndexStmt;
}

export const createIndex: Operation<Change> = {
  name: "create-index",
  worksDirectly: true,
  match: (statement, draft) => {
    if (!("IndexStmt" in statement.node)) return null;
    const table = tableOf(draft, statement.node.IndexStmt.relation);
    return table === null ? null : { table: table.name, index: statement.node.IndexStmt };
  },
  message: (change, _draft, effect) => {
    const lock = effect === null ? null : strongestLock(effect);
    if (effect !== null && lock === null) return `${change.table} is new: nobody waits for its index.`;
    return lock?.blocks === "none"
      ? `CREATE INDEX CONCURRENTLY on ${change.table} waits for every transaction that is older, and leaves an invalid index when it fails.`
      : `CREATE INDEX on ${change.table} keeps every write waiting until the index is built.`;
  },
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const kind = table.table?.kind ?? "table";
    if (kind === "partitioned" || kind === "foreign")
      refuse(
        statement,
        `${change.table} is ${kind === "foreign" ? "a foreign table" : "partitioned"}: CONCURRENTLY is not possible on it.`,
        "Create the index on each partition.",
      );
    const elements = [...(change.index.indexParams ?? []), ...(change.index.indexIncludingParams ?? [])];
    const name =
      change.index.idxname ??
      chooseName(table.newName ?? table.name, indexColumnNames(elements), "idx", (each) => isRelationName(draft, each));
    if (isRelationName(draft, name)) {
      if (change.index.if_not_exists === true) return existing(statement, draft, name);
      refuse(statement, `There is already a relation ${name} in schema ${draft.schema.name}.`, "Choose another name.");
    }
    if (table.table === null) {
      return withStep(
        draft,
        ddlStep("expand", "native", `${change.table}: create index ${name} on the empty table`, {
          sql: [atOnce(statement.text)],
          undo: [`DROP INDEX IF EXISTS ${quoteQualified(draft.schema.name, name)}`],
        }),
      );
    }
    const columns = usedColumns(elements, change.index.whereClause).flatMap((each) => columnNamed(table, each) ?? []);
    const isUnique = change.index.unique === true;
    const isLate = isUnique && !isEnforcedNow(statement) && enforcementOf(statement, columns) === "from-switch";
    const physical = (column: string): string => columnNamed(table, column)?.physical ?? column;
    const index: NewIndex = {
      table: table.name,
      name,
      columns: (change.index.indexParams ?? []).map((node) =>
        "IndexElem" in node && node.IndexElem.name !== undefined ? physical(node.IndexElem.name) : null,
      ),
      isUnique: isUnique && change.index.whereClause === undefined,
      definition: substituteColumns(statement.text, physical, name),
      phase: isLate ? "contract" : "verify",
    };
    return { ...draft, indexes: [...draft.indexes, index] };
  },
};

/** IF NOT EXISTS would pass over the leftover of a failed build without a word. */
function existing(statement: Statement, draft: Draft, name: string): Draft {
  const isInvalid = Object.values(draft.tables).some(
    (table) => table.table?.indexes.some((index) => index.name === name && !index.valid) === true,
  );
  if (isInvalid)
    refuse(
      statement,
      `The index ${name} is there, but INVALID: the leftover of a build that failed.`,
      `DROP INDEX CONCURRENTLY ${quoteQualified(draft.schema.name, name)};`,
    );
  return draft;
}

/** Names of columns in elements, expressions and the predicate. */
function usedColumns(...nodes: readonly unknown[]): string[] {
  const names: string[] = [];
  visit(nodes, (kind, node) => {
    if (kind === "IndexElem" && typeof node["name"] === "string") names.push(node["name"]);
    if (kind === "ColumnRef") names.push(...fieldNames(node["fields"]).slice(-1));
  });
  return [...new Set(names)];
}

/** Without CONCURRENTLY: the table is empty, and the statement stands in a transaction. */
function atOnce(text: string): string {
  const word = scanTokens(text).find((token) => token.keyword && token.text.toUpperCase() === "CONCURRENTLY");
  return word === undefined ? text : text.slice(0, word.start) + text.slice(word.end).trimStart();
}
