// ADD PRIMARY KEY: NOT NULL proven by a validated check, an index built CONCURRENTLY, both made the table's own without a scan.
import type { Constraint } from "libpg-query";
import {
  addedConstraint,
  isEnforcedNow,
  runAsWritten,
  withConstraint,
} from "../../dialects/postgres/constraint-clause.ts";
import type { ColumnDraft, Draft } from "../../dialects/postgres/draft.ts";
import { withColumn } from "../../dialects/postgres/draft.ts";
import { keyName, readKey } from "../../dialects/postgres/key-clause.ts";
import { enforceNotNullNow } from "../../dialects/postgres/not-null-now.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly constraint: Constraint;
}

export const addPrimaryKey: Operation<Change> = {
  name: "add-primary-key",
  match: (statement, draft) => addedConstraint(statement, draft, "CONSTR_PRIMARY"),
  message: (change) =>
    `ADD PRIMARY KEY keeps reads and writes of ${change.table} waiting while ${change.constraint.indexname === undefined ? "its index is built" : "the rows are looked through for NULLs"}, and old clients that write duplicates or NULLs fail from then on.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (table.table === null)
      return runAsWritten(draft, statement, table.name, keyName(statement, draft, table.name, change.constraint), []);
    const now = table.table.constraints.find((each) => each.kind === "primary-key");
    const isReplaced = draft.dropped.some((each) => each.table === table.name && each.name === now?.name);
    if (now !== undefined && !isReplaced)
      refuse(
        statement,
        `${table.name} has the primary key ${now.name} already.`,
        `ALTER TABLE ${table.name} DROP CONSTRAINT ${now.name};   before it`,
      );
    const { draft: expanded, key } = readKey(statement, draft, table, change.constraint);
    const firm = key.columns.reduce((before, name) => withNotNull(before, statement, table.name, name), expanded);
    return withConstraint(firm, statement, key);
  },
};

function withNotNull(draft: Draft, statement: Statement, name: string, physical: string): Draft {
  const table = draft.tables[name];
  const column = table?.columns.find((each) => each.physical === physical);
  if (table === undefined || column === undefined) return draft;
  if (column.addition === null && column.replacement === null && column.column?.notNull !== true) {
    if (column.enforceNotNull !== "no") return draft;
    if (isEnforcedNow(statement)) return enforceNotNullNow(draft, table, column);
  }
  return withColumn(draft, table, firm(column));
}

function firm(column: ColumnDraft): ColumnDraft {
  if (column.addition !== null) return { ...column, addition: { ...column.addition, lateNotNull: true } };
  if (column.replacement !== null) return { ...column, replacement: { ...column.replacement, notNull: true } };
  return column.column?.notNull === true ? column : { ...column, enforceNotNull: "from-switch" };
}
