// RENAME CONSTRAINT: in the switch, because old clients may name it in ON CONFLICT ON CONSTRAINT and in their error handling.
import { isConstraintName } from "../../dialects/postgres/default-name.ts";
import { refuse, tableOf } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

export const renameConstraint: Operation<Change> = {
  name: "rename-constraint",
  match: (statement, draft) => {
    if (!("RenameStmt" in statement.node)) return null;
    const rename = statement.node.RenameStmt;
    const table = rename.renameType === "OBJECT_TABCONSTRAINT" ? tableOf(draft, rename.relation) : null;
    if (table === null) return null;
    return { table: table.name, from: rename.subname ?? "", to: rename.newname ?? "" };
  },
  message: (change) =>
    `Renaming ${change.from} breaks clients that call it by name, and waits for ACCESS EXCLUSIVE on ${change.table}.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (table.table === null)
      refuse(statement, `${change.table} is made by the same migration.`, "Give the constraint its name there.");
    if (isConstraintName(draft, change.to) && table.table.constraints.some((each) => each.name === change.to))
      refuse(statement, `${change.table} has a constraint ${change.to} already.`, "Choose another name.");
    const added = draft.constraints.find((each) => each.table === table.name && each.name === change.from);
    if (added !== undefined) {
      const constraints = draft.constraints.map((each) => (each === added ? { ...each, name: change.to } : each));
      return { ...draft, constraints };
    }
    const found = table.table.constraints.find((each) => each.name === change.from);
    const isGone = draft.dropped.some((each) => each.table === table.name && each.name === change.from);
    if (found === undefined || isGone)
      return refuse(statement, `${change.table} has no constraint ${change.from}.`, "Mend the name.");
    if (found.inherited)
      refuse(statement, `${found.name} comes from the table above ${change.table}.`, "Rename it there.");
    return {
      ...draft,
      renamedConstraints: [...draft.renamedConstraints, { table: table.name, from: change.from, to: change.to }],
    };
  },
};
