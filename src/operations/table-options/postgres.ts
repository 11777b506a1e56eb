// SET and RESET of storage parameters, REPLICA IDENTITY: a moment in the catalog, with the value of before as the way back.
import { withStep } from "../../dialects/postgres/draft.ts";
import type { Draft } from "../../dialects/postgres/draft.ts";
import { baseName, literal, refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly kind: "options" | "replica-identity";
  /** Names of the parameters, with `toast.` where the author wrote it. */
  readonly names: readonly string[];
}

export const tableOptions: Operation<Change> = {
  name: "table-options",
  match: ({ node, command }, draft) => {
    if (!("AlterTableStmt" in node) || command === null) return null;
    if (node.AlterTableStmt.objtype !== "OBJECT_TABLE") return null;
    const table = tableOf(draft, node.AlterTableStmt.relation);
    if (table?.table == null) return null;
    if (command.subtype === "AT_ReplicaIdentity") return { table: table.name, kind: "replica-identity", names: [] };
    if (command.subtype !== "AT_SetRelOptions" && command.subtype !== "AT_ResetRelOptions") return null;
    const items = command.def !== undefined && "List" in command.def ? (command.def.List.items ?? []) : [];
    const names = items.flatMap((item) =>
      "DefElem" in item
        ? [
            `${item.DefElem.defnamespace === undefined ? "" : `${item.DefElem.defnamespace}.`}${item.DefElem.defname ?? ""}`,
          ]
        : [],
    );
    return { table: table.name, kind: "options", names };
  },
  message: (change) =>
    change.kind === "options"
      ? `Storage parameters of ${change.table} change the catalog only; rows that are there stay as they are.`
      : `The replica identity of ${change.table} changes under ACCESS EXCLUSIVE, which everybody waits behind.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table?.table == null) return draft;
    if (table.newName !== table.name)
      refuse(statement, `This migration renames ${table.name}.`, "Put the statement into a migration of its own.");
    const alter = `ALTER TABLE ${baseName(draft, table)}`;
    const relation = `${draft.schema.name}.${table.name}`;
    if (change.kind === "replica-identity")
      return withStep(
        draft,
        ddlStep("expand", "native", `${change.table}: replica identity`, {
          sql: [statement.text],
          undo: [`${alter} REPLICA IDENTITY ${table.table.replicaIdentity}`],
          locks: [lockOn(relation, "ACCESS EXCLUSIVE")],
        }),
      );
    const before = optionsBefore(draft, change.table);
    const undo = change.names.map((name) => {
      const value = before.get(name);
      return value === undefined ? `${alter} RESET (${name})` : `${alter} SET (${name} = ${literal(value)})`;
    });
    return withStep(
      draft,
      ddlStep("expand", "native", `${change.table}: storage parameters ${change.names.join(", ")}`, {
        sql: [statement.text],
        undo,
        locks: [
          lockOn(relation, change.names.includes("user_catalog_table") ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE"),
        ],
      }),
    );
  },
};

function optionsBefore(draft: Draft, table: string): Map<string, string> {
  return new Map(
    (draft.tables[table]?.table?.options ?? []).map((option) => {
      const at = option.indexOf("=");
      return [option.slice(0, at), option.slice(at + 1)];
    }),
  );
}
