// DROP INDEX: harmless to keep, so it goes with purge, CONCURRENTLY; until then everything can be taken back.
import { withStep } from "../../dialects/postgres/draft.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import { stepBase, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly names: readonly string[];
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

export const dropIndex: Operation<Change> = {
  name: "drop-index",
  match: (statement) => {
    if (!("DropStmt" in statement.node) || statement.node.DropStmt.removeType !== "OBJECT_INDEX") return null;
    const drop = statement.node.DropStmt;
    const names = (drop.objects ?? []).flatMap((node) =>
      "List" in node ? [fieldNames(node.List.items).at(-1) ?? ""] : [],
    );
    return { names, isOptional: drop.missing_ok === true, isCascade: drop.behavior === "DROP_CASCADE" };
  },
  message: (change) =>
    `DROP INDEX ${change.names.join(", ")} waits for ACCESS EXCLUSIVE on the table, and everybody else waits behind it.`,
  apply: (change, statement, draft) => {
    if (change.isCascade)
      refuse(statement, "CASCADE would drop objects that nobody listed.", "Drop the constraint instead.");
    return change.names.reduce((before, name) => {
      const table = Object.values(before.tables).find(
        (each) => each.table?.indexes.some((index) => index.name === name) === true,
      );
      const index = table?.table?.indexes.find((each) => each.name === name);
      if (table === undefined || index === undefined) {
        if (change.isOptional) return before;
        return refuse(statement, `There is no index ${name} in schema ${draft.schema.name}.`, "Mend the name.");
      }
      if (index.constraint !== null)
        return refuse(
          statement,
          `The index ${name} belongs to the constraint ${index.constraint}.`,
          "Drop the constraint instead.",
        );
      return withStep(before, {
        ...stepBase("purge", "native", `${table.name}: drop index ${name} concurrently`, {
          sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${quoteQualified(draft.schema.name, name)}`],
          transaction: false,
          undoTransaction: false,
          reversible: false,
          locks: [lockOn(`${draft.schema.name}.${table.name}`, "SHARE UPDATE EXCLUSIVE")],
        }),
        kind: "ddl",
        index: { schema: draft.schema.name, name, present: false },
        long: true,
      });
    }, draft);
  },
};
