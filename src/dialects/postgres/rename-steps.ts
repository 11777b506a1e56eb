// Constraints that get another name: right after the switch, when no client of the old version calls them by the old one.
import { quoteIdentifier } from "../../sql/identifier.ts";
import { baseAt } from "./constraint-sql.ts";
import { lockAfterSwitch } from "./constraint-steps.ts";
import type { Draft } from "./draft.ts";
import { ddlStep, lockOn } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

export function renameConstraints(draft: Draft): NewStep[] {
  return draft.renamedConstraints.map(({ table, from, to }) => {
    const rename = (old: string, name: string): string =>
      `ALTER TABLE ${baseAt(draft, table, "after-switch")} RENAME CONSTRAINT ${quoteIdentifier(old)} TO ${quoteIdentifier(name)}`;
    return ddlStep("switch", "native", `${table}: rename constraint ${from} to ${to}`, {
      sql: [rename(from, to)],
      undo: [rename(to, from)],
      locks: [lockAfterSwitch(draft, lockOn(`${draft.schema.name}.${table}`, "ACCESS EXCLUSIVE"))],
    });
  });
}
