// VALIDATE CONSTRAINT: reads and writes go on meanwhile; its undo makes the constraint again without a proof.
import { definitionOf, violationsOf } from "../../dialects/postgres/constraint-sql.ts";
import { fromCatalog } from "../../dialects/postgres/catalog-constraint.ts";
import { isRowConstraint } from "../../dialects/postgres/new-constraint.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import { alterCommand, baseName, literal, preflightAt, refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly name: string;
}

export const validateConstraint: Operation<Change> = {
  name: "validate-constraint",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_ValidateConstraint");
    return found === null ? null : { table: found.table.name, name: found.column };
  },
  message: (change) => `VALIDATE CONSTRAINT ${change.name} scans ${change.table}; reads and writes go on meanwhile.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined || table.table === null) return draft;
    const added = draft.constraints.find((each) => each.table === table.name && each.name === change.name);
    if (added !== undefined) {
      const constraints = draft.constraints.map((each) => (each === added ? { ...each, isValidated: true } : each));
      return { ...draft, constraints };
    }
    const found = table.table.constraints.find((each) => each.name === change.name);
    const isGone = draft.dropped.some((each) => each.table === table.name && each.name === change.name);
    if (found === undefined || isGone)
      return refuse(statement, `${table.name} has no constraint ${change.name}.`, "Mend the name.");
    if (found.validated) return draft;
    const constraint = fromCatalog(draft, table.name, found);
    if (constraint === null || !isRowConstraint(constraint) || constraint.tail.includes("NOT ENFORCED"))
      return refuse(statement, `${change.name} cannot be validated.`, "Leave the statement out.");
    const base = baseName(draft, table);
    const name = quoteIdentifier(change.name);
    const relation = `${draft.schema.name}.${table.name}`;
    const check = violationsOf(draft, constraint);
    const holds = preflightAt(statement, statement.start, {
      title: `${change.name} of ${table.name}`,
      expects: "empty",
      sql: check.sampleSql,
      code: "change-refused",
      hint: `Mend the rows first, for example by an UPDATE before it in the same file: ${check.sampleSql}`,
    });
    const isMended = draft.changes.some((each) => each.tables.includes(table.name));
    const step = ddlStep("verify", "staged", `${table.name}: validate ${change.name} for existing rows`, {
      sql: [`ALTER TABLE ${base} VALIDATE CONSTRAINT ${name}`],
      undo: [
        `ALTER TABLE ${base} DROP CONSTRAINT ${name}`,
        `ALTER TABLE ${base} ADD CONSTRAINT ${name} ${definitionOf(draft, constraint, "before-switch")} NOT VALID`,
        ...(found.comment === null ? [] : [`COMMENT ON CONSTRAINT ${name} ON ${base} IS ${literal(found.comment)}`]),
      ],
      locks: [
        lockOn(relation, "SHARE UPDATE EXCLUSIVE"),
        ...(found.references === null ? [] : [lockOn(found.references, "ROW SHARE")]),
      ],
      scan: true,
      long: true,
    });
    return withStep({ ...draft, preflight: [...draft.preflight, ...(isMended ? [] : [holds])] }, step);
  },
};
