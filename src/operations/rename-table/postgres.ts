// RENAME TO of a table: the new version's view has the new name at once; the table itself is renamed at the switch.
import { isTaken, withTable } from "../../dialects/postgres/draft.ts";
import { refuse, refuseUnpurged, tableOf } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

export const renameTable: Operation<Change> = {
  name: "rename-table",
  match: (statement, draft) => {
    if (!("RenameStmt" in statement.node)) return null;
    const rename = statement.node.RenameStmt;
    const table = tableOf(draft, rename.relation);
    if (rename.renameType !== "OBJECT_TABLE" || table === null) return null;
    return { table: table.name, from: table.newName ?? table.name, to: rename.newname ?? "" };
  },
  message: (change) => `Renaming ${change.from} breaks every client that still uses the old name.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (table.table === null)
      refuse(statement, `${change.from} is created by the same migration.`, "Create it under its final name.");
    refuseUnpurged(statement, table);
    // A name that the same migration gives up is free again: that is how two tables swap theirs.
    const isFreed = draft.tables[change.to] !== undefined && draft.tables[change.to]?.newName !== change.to;
    const isOwn = table.name === change.to;
    if (isTaken(draft, change.to) && !isOwn && !isFreed)
      refuse(
        statement,
        `There is already a relation ${change.to} in schema ${draft.schema.name}.`,
        "Choose another name.",
      );
    const relation = `${draft.schema.name}.${table.name}`;
    const losing = draft.steps.find(
      (step) => step.loss.length > 0 && step.locks.some((lock) => lock.relation === relation),
    );
    if (losing !== undefined || draft.changes.some((each) => each.tables.includes(change.table)))
      refuse(
        statement,
        `An earlier statement of this migration needs ${change.from} under its old name to be taken back.`,
        "Put the rename into a migration of its own.",
      );
    return withTable(draft, { ...table, newName: change.to });
  },
};
