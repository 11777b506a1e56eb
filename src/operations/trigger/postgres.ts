// Triggers: made at once, dropped when the old version is closed, switched on and off with the state they had as the way back.
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { dropObjects, findObject, makeObject } from "../../dialects/postgres/object-change.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { baseName, refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly verb: "create" | "replace" | "drop" | "toggle";
  readonly table: string;
  readonly name: string;
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

const toggles = ["AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_DisableTrig"];

export const trigger: Operation<Change> = {
  name: "trigger",
  match: ({ node, command }, draft) => {
    const once = { isOptional: false, isCascade: false };
    if ("CreateTrigStmt" in node) {
      const table = tableOf(draft, node.CreateTrigStmt.relation);
      const verb = node.CreateTrigStmt.replace === true ? "replace" : "create";
      return table === null ? null : { ...once, verb, table: table.name, name: node.CreateTrigStmt.trigname ?? "" };
    }
    if ("AlterTableStmt" in node && toggles.includes(command?.subtype ?? "")) {
      const table = tableOf(draft, node.AlterTableStmt.relation);
      return table === null ? null : { ...once, verb: "toggle", table: table.name, name: command?.name ?? "" };
    }
    if (!("DropStmt" in node) || node.DropStmt.removeType !== "OBJECT_TRIGGER") return null;
    const [object] = node.DropStmt.objects ?? [];
    const parts = object !== undefined && "List" in object ? fieldNames(object.List.items) : [];
    const [name, relname, schemaname] = parts.toReversed();
    const table = tableOf(
      draft,
      schemaname === undefined ? { relname: relname ?? "" } : { relname: relname ?? "", schemaname },
    );
    if (table === null) return null;
    return {
      verb: "drop",
      table: table.name,
      name: name ?? "",
      isOptional: node.DropStmt.missing_ok === true,
      isCascade: node.DropStmt.behavior === "DROP_CASCADE",
    };
  },
  message: (change) =>
    `${change.verb === "drop" ? "Dropping" : change.verb === "toggle" ? "Switching" : "Creating"} the trigger ${change.name} keeps writers of ${change.table} waiting while it waits for its lock.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const relation = `${draft.schema.name}.${table.name}`;
    const wanted = { kind: "trigger" as const, name: change.name, table: change.table };
    if (change.verb === "drop")
      return dropObjects(draft, statement, {
        ...change,
        wanted: [wanted],
        locks: [lockOn(relation, "ACCESS EXCLUSIVE")],
      });
    if (change.verb === "toggle") return toggle(change, statement, draft, table);
    if (change.name > "~")
      refuse(
        statement,
        `${change.name} would run after shoofly's own triggers and could undo the sync.`,
        `Choose a name that sorts before "~".`,
      );
    return makeObject(draft, statement, {
      wanted,
      drop: `DROP TRIGGER ${quoteIdentifier(change.name)} ON ${baseName(draft, table)}`,
      isReplacing: change.verb === "replace",
      isInPlace: false,
      locks: table.table === null ? [] : [lockOn(relation, "SHARE ROW EXCLUSIVE")],
    });
  },
};

/** The state that the trigger had is among the statements that make it. */
function toggle(change: Change, statement: Statement, draft: Draft, table: TableDraft): Draft {
  const existing = findObject(draft, { kind: "trigger", name: change.name, table: change.table });
  if (existing === undefined || table.newName !== table.name)
    refuse(
      statement,
      `There is no trigger ${change.name === "" ? "of that name" : change.name} on ${change.table} that was there before.`,
      "Name one trigger; ALL and USER would switch shoofly's own as well.",
    );
  const base = baseName(draft, table);
  const before = existing.create.find((sql) => / TRIGGER /.test(sql) && sql.startsWith("ALTER TABLE "));
  return withStep(
    draft,
    ddlStep("expand", "native", `${change.table}: switch trigger ${change.name}`, {
      sql: [statement.text],
      undo: [before ?? `ALTER TABLE ${base} ENABLE TRIGGER ${quoteIdentifier(change.name)}`],
      locks: [lockOn(`${draft.schema.name}.${table.name}`, "SHARE ROW EXCLUSIVE")],
    }),
  );
}
