// ENABLE, DISABLE, FORCE and NO FORCE ROW LEVEL SECURITY: in force when the old version is closed.
import { isReshaped, withStep } from "../../dialects/postgres/draft.ts";
import { refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly subtype: string;
}

/** Command → the words that give the state back when it was the other one. */
const inverse: Readonly<Record<string, string>> = {
  AT_EnableRowSecurity: "DISABLE",
  AT_DisableRowSecurity: "ENABLE",
  AT_ForceRowSecurity: "NO FORCE",
  AT_NoForceRowSecurity: "FORCE",
};

export const rowSecurity: Operation<Change> = {
  name: "row-security",
  match: ({ node, command }, draft) => {
    if (!("AlterTableStmt" in node) || inverse[command?.subtype ?? ""] === undefined) return null;
    const table = tableOf(draft, node.AlterTableStmt.relation);
    return table === null ? null : { table: table.name, subtype: command?.subtype ?? "" };
  },
  message: (change) =>
    `Row level security of ${change.table} changes at once which rows every client sees, under ACCESS EXCLUSIVE.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (!draft.facts.hasSecurityInvokerViews && change.subtype === "AT_EnableRowSecurity")
      refuse(
        statement,
        "This server's views would pass row level security by.",
        "PostgreSQL 15 or later is needed for versioned views of such a table.",
      );
    if (table.table !== null && isReshaped(table))
      refuse(
        statement,
        `This migration changes ${change.table} as well.`,
        "Put the statement into a migration of its own.",
      );
    const isEnabling = change.subtype.startsWith("AT_Enable") || change.subtype === "AT_ForceRowSecurity";
    const isForce = change.subtype.endsWith("ForceRowSecurity");
    const was = isForce ? table.table?.rowSecurityForced === true : table.table?.rowSecurity === true;
    const name = quoteQualified(draft.schema.name, table.newName ?? table.name);
    return withStep(
      draft,
      ddlStep(
        table.table === null ? "expand" : "contract",
        "native",
        `${change.table}: ${statement.text.slice(statement.text.search(/\S+(\s+FORCE)?\s+ROW\s/i))}`,
        {
          sql: [statement.text],
          undo:
            was === isEnabling && table.table !== null
              ? []
              : [`ALTER TABLE ${name} ${inverse[change.subtype] ?? ""} ROW LEVEL SECURITY`],
          locks: table.table === null ? [] : [lockOn(`${draft.schema.name}.${table.name}`, "ACCESS EXCLUSIVE")],
        },
      ),
    );
  },
};
