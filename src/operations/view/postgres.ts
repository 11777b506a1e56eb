// CREATE [OR REPLACE], DROP and ALTER of a view: made at once, dropped and changed when the old version is closed.
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { alterObject, dropObjects, makeObject } from "../../dialects/postgres/object-change.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly verb: "create" | "replace" | "drop" | "alter";
  readonly names: readonly string[];
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

const once = { isOptional: false, isCascade: false };

export const view: Operation<Change> = {
  name: "view",
  match: ({ node }, draft) => {
    const isHere = (schema: string | undefined): boolean => schema === undefined || schema === draft.schema.name;
    if ("ViewStmt" in node) {
      const { view: range, replace } = node.ViewStmt;
      if (!isHere(range?.schemaname) || range?.relpersistence === "t") return null;
      return { verb: replace === true ? "replace" : "create", names: [range?.relname ?? ""], ...once };
    }
    if ("DropStmt" in node && node.DropStmt.removeType === "OBJECT_VIEW") {
      const objects = (node.DropStmt.objects ?? []).map((each) => ("List" in each ? fieldNames(each.List.items) : []));
      if (!objects.every((parts) => isHere(parts.at(-2)))) return null;
      return {
        verb: "drop",
        names: objects.map((parts) => parts.at(-1) ?? ""),
        isOptional: node.DropStmt.missing_ok === true,
        isCascade: node.DropStmt.behavior === "DROP_CASCADE",
      };
    }
    if (
      "AlterTableStmt" in node &&
      node.AlterTableStmt.objtype === "OBJECT_VIEW" &&
      isHere(node.AlterTableStmt.relation?.schemaname)
    )
      return { verb: "alter", names: [node.AlterTableStmt.relation?.relname ?? ""], ...once };
    return null;
  },
  message: (change) =>
    change.verb === "create"
      ? `The view ${change.names.join(", ")} is new: nobody waits for it.`
      : `Clients that read ${change.names.join(", ")} wait behind ACCESS EXCLUSIVE on the view, and meet the change at once.`,
  apply: (change, statement, draft) => {
    const wanted = change.names.map((name) => ({ kind: "view" as const, name }));
    const [first] = wanted;
    if (first === undefined) return draft;
    if (change.verb === "drop") return dropObjects(draft, statement, { ...change, wanted });
    if (change.verb === "alter") return alterObject(draft, statement, first);
    return makeObject(draft, statement, {
      wanted: first,
      drop: `DROP VIEW ${quoteQualified(draft.schema.name, first.name)}`,
      isReplacing: change.verb === "replace",
    });
  },
};
