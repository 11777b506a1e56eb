// CREATE INDEX: built CONCURRENTLY over the columns that hold the new shape, after they are filled.
import { strongestLock } from "../../core/effect.ts";
import type { IndexStmt } from "libpg-query";
import { columnNamed, holderOf, withStep } from "../../dialects/postgres/draft.ts";
import { substituteColumns } from "../../dialects/postgres/definition.ts";
import { indexStep } from "../../dialects/postgres/reshape.ts";
import { refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import { deriveName, quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly index: IndexStmt;
}

export const createIndex: Operation<Change> = {
  name: "create-index",
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
    const name = change.index.idxname ?? defaultName(change);
    const isTaken = draft.schema.otherRelations.some((each) => each.name === name);
    if (isTaken) {
      if (change.index.if_not_exists === true) return draft;
      refuse(statement, `There is already a relation ${name} in schema ${draft.schema.name}.`, "Choose another name.");
    }
    if (table.table === null) {
      return withStep(
        draft,
        ddlStep("expand", "native", `${change.table}: create index ${name} on the empty table`, {
          sql: [statement.text],
          undo: [`DROP INDEX ${quoteQualified(draft.schema.name, name)}`],
        }),
      );
    }
    const rename = (column: string): string => {
      const found = columnNamed(table, column);
      return found === undefined ? column : holderOf(found);
    };
    const definition = substituteColumns(statement.text, rename, name);
    return withStep(
      draft,
      indexStep(draft, table, name, definition, `${change.table}: create index ${name} concurrently`),
    );
  },
};

/** PostgreSQL's own way: table, columns, `idx`. */
function defaultName(change: Change): string {
  const columns = (change.index.indexParams ?? []).map((node) =>
    "IndexElem" in node ? (node.IndexElem.name ?? "expr") : "expr",
  );
  return deriveName(change.table, ...columns, change.index.primary === true ? "pkey" : "idx");
}
