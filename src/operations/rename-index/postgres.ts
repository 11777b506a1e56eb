// ALTER INDEX … RENAME: metadata only; no client of either version names an index, save the one behind a constraint.
import { isRelationName } from "../../dialects/postgres/default-name.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly from: string;
  readonly to: string;
  readonly isOptional: boolean;
}

export const renameIndex: Operation<Change> = {
  name: "rename-index",
  match: (statement, draft) => {
    if (!("RenameStmt" in statement.node)) return null;
    const { renameType, relation, newname, missing_ok: isOptional } = statement.node.RenameStmt;
    if (renameType !== "OBJECT_INDEX" || (relation?.schemaname ?? draft.schema.name) !== draft.schema.name) return null;
    return { from: relation?.relname ?? "", to: newname ?? "", isOptional: isOptional === true };
  },
  message: (change) => `Renaming the index ${change.from} waits for a lock on it that stops no read and no write.`,
  apply: (change, statement, draft) => {
    const isMade = draft.indexes.some((each) => each.name === change.from);
    const table = Object.values(draft.tables).find(
      (each) => each.table?.indexes.some((index) => index.name === change.from) === true,
    );
    const isDropped =
      draft.dropped.some((each) => each.name === change.from) ||
      draft.steps.some((step) => step.kind === "ddl" && step.index?.name === change.from && !step.index.present);
    if (isDropped || (!isMade && table === undefined)) {
      if (change.isOptional) return draft;
      refuse(statement, `There is no index ${change.from} in schema ${draft.schema.name}.`, "Mend the name.");
    }
    if (isRelationName(draft, change.to))
      refuse(
        statement,
        `There is already a relation ${change.to} in schema ${draft.schema.name}.`,
        "Choose another name.",
      );
    if (isMade) {
      const indexes = draft.indexes.map((each) => (each.name === change.from ? { ...each, name: change.to } : each));
      return { ...draft, indexes };
    }
    const rename = (from: string, to: string): string =>
      `ALTER INDEX ${quoteQualified(draft.schema.name, from)} RENAME TO ${quoteIdentifier(to)}`;
    return withStep(
      draft,
      ddlStep("switch", "native", `${table?.name ?? ""}: rename index ${change.from} to ${change.to}`, {
        sql: [rename(change.from, change.to)],
        undo: [rename(change.to, change.from)],
        locks: [lockOn(`${draft.schema.name}.${change.from}`, "SHARE UPDATE EXCLUSIVE")],
      }),
    );
  },
};
