// CREATE, ALTER and DROP POLICY: rights change when the old version is closed, in one short transaction each.
import { isReshaped, withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { alterObject, dropObjects, findObject } from "../../dialects/postgres/object-change.ts";
import { baseName, refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly verb: "create" | "alter" | "drop";
  readonly table: string;
  readonly name: string;
  readonly isOptional: boolean;
}

export const policy: Operation<Change> = {
  name: "policy",
  match: ({ node }, draft) => {
    if ("CreatePolicyStmt" in node || "AlterPolicyStmt" in node) {
      const made = "CreatePolicyStmt" in node;
      const { table: range, policy_name: name } = made ? node.CreatePolicyStmt : node.AlterPolicyStmt;
      const table = tableOf(draft, range);
      if (table === null) return null;
      return { verb: made ? "create" : "alter", table: table.name, name: name ?? "", isOptional: false };
    }
    if (!("DropStmt" in node) || node.DropStmt.removeType !== "OBJECT_POLICY") return null;
    const [object] = node.DropStmt.objects ?? [];
    const [name, relname, schemaname] = (
      object !== undefined && "List" in object ? fieldNames(object.List.items) : []
    ).toReversed();
    const table = tableOf(
      draft,
      schemaname === undefined ? { relname: relname ?? "" } : { relname: relname ?? "", schemaname },
    );
    if (table === null) return null;
    return { verb: "drop", table: table.name, name: name ?? "", isOptional: node.DropStmt.missing_ok === true };
  },
  message: (change) =>
    `The policy ${change.name} changes at once which rows of ${change.table} every client sees, under ACCESS EXCLUSIVE.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const wanted = { kind: "policy" as const, name: change.name, table: change.table };
    const locks = table.table === null ? [] : [lockOn(`${draft.schema.name}.${table.name}`, "ACCESS EXCLUSIVE")];
    if (table.table !== null && isReshaped(table))
      refuse(
        statement,
        `This migration changes ${change.table} as well.`,
        "Put the statement into a migration of its own.",
      );
    if (change.verb === "drop")
      return dropObjects(draft, statement, {
        wanted: [wanted],
        isOptional: change.isOptional,
        isCascade: false,
        locks,
      });
    if (change.verb === "alter") return alterObject(draft, statement, wanted, locks);
    const isDropped = draft.steps.some((step) => step.title === `drop policy ${change.name} of ${change.table}`);
    if (findObject(draft, wanted) !== undefined && !isDropped)
      refuse(
        statement,
        `${change.table} has a policy ${change.name} already.`,
        "Drop it first, or choose another name.",
      );
    // A table that the migration itself makes is guarded before anybody is offered it.
    return withStep(
      draft,
      ddlStep(
        table.table === null ? "expand" : "contract",
        "native",
        `create policy ${change.name} of ${change.table}`,
        {
          sql: [statement.text],
          undo: [`DROP POLICY ${quoteIdentifier(change.name)} ON ${baseName(draft, table)}`],
          locks,
        },
      ),
    );
  },
};
