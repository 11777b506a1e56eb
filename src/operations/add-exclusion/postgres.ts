// ADD … EXCLUDE: no index that was built CONCURRENTLY can become such a constraint, so it is only for tables that nobody uses yet.
import type { Constraint } from "libpg-query";
import { addedConstraint, runAsWritten } from "../../dialects/postgres/constraint-clause.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly constraint: Constraint;
}

export const addExclusion: Operation<Change> = {
  name: "add-exclusion",
  match: (statement, draft) => addedConstraint(statement, draft, "CONSTR_EXCLUSION"),
  message: (change) =>
    `ADD … EXCLUDE builds an index under ACCESS EXCLUSIVE: reads and writes of ${change.table} wait for the whole time.`,
  apply: (change, statement, draft) => {
    const { conname } = change.constraint;
    if (draft.tables[change.table]?.table !== null)
      refuse(
        statement,
        `An exclusion constraint on ${change.table} cannot be added without locking it for the whole build.`,
        "This needs the rebuild strategy.",
      );
    if (conname === undefined)
      refuse(statement, "The exclusion constraint has no name to take it back by.", "ADD CONSTRAINT name EXCLUDE …");
    return runAsWritten(draft, statement, change.table, conname, []);
  },
};
