// ALTER CONSTRAINT: deferrability is metadata; ENFORCED is a constraint that comes anew, proven without a scan under lock.
import type { ATAlterConstraint } from "libpg-query";
import { fromCatalog } from "../../dialects/postgres/catalog-constraint.ts";
import { enforcementOf, withConstraint } from "../../dialects/postgres/constraint-clause.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import type { Draft } from "../../dialects/postgres/draft.ts";
import { alterCommand, baseName, refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly alter: ATAlterConstraint;
}

export const alterConstraint: Operation<Change> = {
  name: "alter-constraint",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_AlterConstraint");
    const def = found?.command.def;
    if (found === null || def === undefined || !("ATAlterConstraint" in def)) return null;
    return { table: found.table.name, alter: def.ATAlterConstraint };
  },
  message: (change) =>
    change.alter.alterEnforceability === true
      ? `ALTER CONSTRAINT ${change.alter.conname ?? ""} … ENFORCED looks up every row while writes wait, and old clients that break it fail from then on.`
      : `ALTER CONSTRAINT ${change.alter.conname ?? ""} waits for ACCESS EXCLUSIVE on ${change.table}, and everybody else waits behind it.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    const name = change.alter.conname ?? "";
    const found = table?.table?.constraints.find((each) => each.name === name);
    const isTouched =
      draft.constraints.some((each) => each.table === change.table && each.name === name) ||
      draft.dropped.some((each) => each.table === change.table && each.name === name);
    if (table === undefined || found === undefined || isTouched)
      return refuse(
        statement,
        `${change.table} has no constraint ${name} before this migration.`,
        "Write the attributes where the constraint is added.",
      );
    const constraint = fromCatalog(draft, table.name, found);
    if (constraint?.kind !== "foreign-key" || change.alter.alterInheritability === true || found.inherited)
      return refuse(statement, "Only foreign keys can be altered this way.", "Drop the constraint and add it anew.");
    if (change.alter.alterEnforceability === true) {
      const isEnforced = change.alter.is_enforced === true;
      const isNow = !constraint.tail.includes("NOT ENFORCED");
      if (isEnforced === isNow) return draft;
      const tail = constraint.tail.replace(" NOT ENFORCED", "");
      const dropped: Draft = { ...draft, dropped: [...draft.dropped, { table: table.name, name }] };
      const columns = table.columns.filter((column) => constraint.columns.includes(column.physical));
      return withConstraint(dropped, statement, {
        ...constraint,
        tail: isEnforced ? tail : `${tail} NOT ENFORCED`,
        isValidated: isEnforced,
        enforced: isEnforced ? enforcementOf(statement, columns) : "from-start",
      });
    }
    const before = constraint.tail.includes("INITIALLY DEFERRED")
      ? "DEFERRABLE INITIALLY DEFERRED"
      : constraint.tail.includes("DEFERRABLE")
        ? "DEFERRABLE INITIALLY IMMEDIATE"
        : "NOT DEFERRABLE";
    const after =
      change.alter.deferrable !== true
        ? "NOT DEFERRABLE"
        : `DEFERRABLE INITIALLY ${change.alter.initdeferred === true ? "DEFERRED" : "IMMEDIATE"}`;
    const alter = (attributes: string): string =>
      `ALTER TABLE ${baseName(draft, table)} ALTER CONSTRAINT ${quoteIdentifier(name)} ${attributes}`;
    return withStep(
      draft,
      ddlStep("expand", "native", `${table.name}: ${name} is ${after.toLowerCase()}`, {
        sql: [alter(after)],
        undo: [alter(before)],
        locks: [
          lockOn(`${draft.schema.name}.${table.name}`, "ACCESS EXCLUSIVE"),
          lockOn(`${constraint.references.schema}.${constraint.references.table}`, "ACCESS EXCLUSIVE"),
        ],
      }),
    );
  },
};
