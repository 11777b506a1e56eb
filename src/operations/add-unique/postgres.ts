// ADD UNIQUE: the index is built CONCURRENTLY and then becomes the constraint's own; on existing columns after the switch.
import type { Constraint } from "libpg-query";
import { addedConstraint, runAsWritten, withConstraint } from "../../dialects/postgres/constraint-clause.ts";
import { keyName, readKey } from "../../dialects/postgres/key-clause.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly constraint: Constraint;
}

export const addUnique: Operation<Change> = {
  name: "add-unique",
  match: (statement, draft) => addedConstraint(statement, draft, "CONSTR_UNIQUE"),
  message: (change) =>
    change.constraint.indexname === undefined
      ? `ADD UNIQUE builds an index under ACCESS EXCLUSIVE: reads and writes of ${change.table} wait, and old clients that write duplicates fail from then on.`
      : `ADD UNIQUE USING INDEX waits for ACCESS EXCLUSIVE on ${change.table}, and everybody else waits behind it.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (table.table === null)
      return runAsWritten(draft, statement, table.name, keyName(statement, draft, table.name, change.constraint), []);
    const read = readKey(statement, draft, table, change.constraint);
    return withConstraint(read.draft, statement, read.key);
  },
};
