// ADD … NOT NULL as a constraint of its own (PostgreSQL 18): NOT VALID first, then VALIDATE, with no check beside it.
import type { Constraint } from "libpg-query";
import {
  addedConstraint,
  constraintName,
  enforcementOf,
  namedColumns,
  physicalNames,
  runAsWritten,
  withConstraint,
} from "../../dialects/postgres/constraint-clause.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly constraint: Constraint;
}

export const addNotNull: Operation<Change> = {
  name: "add-not-null",
  match: (statement, draft) => addedConstraint(statement, draft, "CONSTR_NOTNULL"),
  message: (change) =>
    change.constraint.skip_validation === true
      ? `ADD NOT NULL … NOT VALID locks ${change.table} for a moment, and old clients that write NULL fail from then on.`
      : `ADD NOT NULL scans ${change.table} under ACCESS EXCLUSIVE: reads and writes wait, and old clients that write NULL fail from then on.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const { constraint } = change;
    const name = constraintName(statement, draft, constraint.conname, {
      table: table.name,
      columns: fieldNames(constraint.keys),
      label: "not_null",
    });
    if (draft.facts.major < 18)
      refuse(
        statement,
        `PostgreSQL ${draft.facts.major} has no NOT NULL constraints with names.`,
        `ALTER TABLE ${change.table} ALTER COLUMN ${fieldNames(constraint.keys).join()} SET NOT NULL`,
      );
    if (table.table === null) return runAsWritten(draft, statement, table.name, name, []);
    const columns = namedColumns(statement, table, constraint.keys);
    const firm = columns.find((column) => column.column?.notNull === true && column.replacement === null);
    if (firm !== undefined)
      refuse(statement, `${firm.newName ?? ""} is NOT NULL already.`, "Rename its constraint, or leave it out.");
    return withConstraint(draft, statement, {
      kind: "not-null",
      table: table.name,
      name,
      columns: physicalNames(columns),
      tail: constraint.is_no_inherit === true ? " NO INHERIT" : "",
      isValidated: constraint.skip_validation !== true,
      enforced: enforcementOf(statement, columns),
    });
  },
};
