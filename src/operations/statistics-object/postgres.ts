// CREATE and DROP STATISTICS: the planner's knowledge of several columns; nobody waits for it.
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { dropObjects, makeObject } from "../../dialects/postgres/object-change.ts";
import { lockOn } from "../../dialects/postgres/step-parts.ts";
import { tablesRead } from "../../dialects/postgres/row-statement.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly verb: "create" | "drop";
  readonly names: readonly string[];
  readonly isOptional: boolean;
}

export const statisticsObject: Operation<Change> = {
  name: "statistics-object",
  match: ({ node }, draft) => {
    const isHere = (parts: readonly string[]): boolean => parts.length < 2 || parts.at(-2) === draft.schema.name;
    if ("CreateStatsStmt" in node) {
      const name = fieldNames(node.CreateStatsStmt.defnames);
      if (name.length === 0 || !isHere(name) || node.CreateStatsStmt.if_not_exists === true) return null;
      return { verb: "create", names: [name.at(-1) ?? ""], isOptional: false };
    }
    if (!("DropStmt" in node) || node.DropStmt.removeType !== "OBJECT_STATISTIC_EXT") return null;
    const objects = (node.DropStmt.objects ?? []).map((each) => ("List" in each ? fieldNames(each.List.items) : []));
    if (!objects.every(isHere)) return null;
    return {
      verb: "drop",
      names: objects.map((parts) => parts.at(-1) ?? ""),
      isOptional: node.DropStmt.missing_ok === true,
    };
  },
  message: (change) => `The statistics object ${change.names.join(", ")} changes the catalog only: no client waits.`,
  apply: (change, statement, draft) => {
    const wanted = change.names.map((name) => ({ kind: "statistics" as const, name }));
    const [first] = wanted;
    if (first === undefined) return draft;
    if (change.verb === "drop") return dropObjects(draft, statement, { ...change, wanted, isCascade: false });
    const locks = tablesRead(statement.node)
      .filter((name) => draft.tables[name]?.table != null)
      .map((name) => lockOn(`${draft.schema.name}.${name}`, "SHARE UPDATE EXCLUSIVE"));
    return makeObject(draft, statement, {
      wanted: first,
      drop: `DROP STATISTICS ${quoteQualified(draft.schema.name, first.name)}`,
      isReplacing: false,
      locks,
    });
  },
};
