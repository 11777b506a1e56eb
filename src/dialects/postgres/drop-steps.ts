// Steps of dropped CHECK, FOREIGN KEY and NOT NULL constraints, and the way back: NOT VALID first, then VALIDATE.
import type { Lock, Loss } from "../../core/step.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import { fromCatalog } from "./catalog-constraint.ts";
import { baseAt, definitionOf, violationCondition } from "./constraint-sql.ts";
import type { Moment } from "./constraint-sql.ts";
import { inOrder, lockStatements } from "./constraint-steps.ts";
import type { Draft } from "./draft.ts";
import { nameAfterSwitch } from "./draft.ts";
import { archiveStatement } from "./fill.ts";
import { stateSchema } from "./names.ts";
import { isRowConstraint } from "./new-constraint.ts";
import type { RowConstraint } from "./new-constraint.ts";
import { ddlStep, lockOn } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

interface Dropped {
  readonly constraint: RowConstraint;
  readonly comment: string | null;
  /** Columns or table have other names after the switch: then it is the switch that drops. */
  readonly isMoved: boolean;
}

/** Right before the new version is offered: its rows need not keep the constraint any more. */
export function startDrops(draft: Draft): NewStep[] {
  return droppedConstraints(draft)
    .filter((dropped) => !dropped.isMoved)
    .map((dropped) => {
      const { constraint } = dropped;
      const locks = locksOf(draft, constraint);
      return ddlStep("verify", "native", `${constraint.table}: drop ${constraint.name}`, {
        sql: [...lockStatements(locks), dropStatement(draft, constraint)],
        undo: [
          unlessThere(draft, constraint, addStatement(draft, constraint, "before-switch")),
          ...comeBack(draft, dropped),
        ],
        undoTransaction: false,
        locks,
        long: true,
        loss: lossOf(draft, constraint, "before-switch"),
      });
    });
}

/** Parts of the switch, for constraints over columns that get other names in it. */
export function switchDrops(draft: Draft): { locks: Lock[]; sql: string[]; undo: string[]; loss: Loss[] } {
  const moved = droppedConstraints(draft).filter((dropped) => dropped.isMoved);
  return {
    locks: moved.flatMap(({ constraint }) => locksOf(draft, constraint)),
    sql: moved.map(({ constraint }) => dropStatement(draft, constraint)),
    undo: moved.map(({ constraint }) => addStatement(draft, constraint, "in-switch")),
    loss: moved.flatMap(({ constraint }) => lossOf(draft, constraint, "after-switch")),
  };
}

/** Stands before the switch, so that its undo comes after it: the proof without a strong lock. */
export function wayBackOfDrops(draft: Draft): NewStep[] {
  return droppedConstraints(draft)
    .filter((dropped) => dropped.isMoved)
    .flatMap((dropped) => {
      const undo = comeBack(draft, dropped);
      if (undo.length === 0) return [];
      const title = `${dropped.constraint.table}: keep the way back for ${dropped.constraint.name}`;
      return [ddlStep("switch", "expand", title, { undo, undoTransaction: false, long: true })];
    });
}

function droppedConstraints(draft: Draft): Dropped[] {
  return draft.dropped.flatMap(({ table, name }) => {
    const found = draft.tables[table]?.table?.constraints.find((each) => each.name === name);
    const constraint = found === undefined ? null : fromCatalog(draft, table, found);
    if (found === undefined || constraint === null || !isRowConstraint(constraint)) return [];
    return [{ constraint, comment: found.comment, isMoved: isMoved(draft, constraint) }];
  });
}

function isMoved(draft: Draft, constraint: RowConstraint): boolean {
  const others =
    constraint.kind === "foreign-key" && constraint.references.schema === draft.schema.name
      ? [constraint.references.table]
      : [];
  return [constraint.table, ...others].some((name) => {
    const table = draft.tables[name];
    if (table === undefined) return false;
    const after = nameAfterSwitch(table, draft.names);
    return table.newName !== table.name || table.columns.some((column) => after(column.physical) !== column.physical);
  });
}

function locksOf(draft: Draft, constraint: RowConstraint): Lock[] {
  const other =
    constraint.kind === "foreign-key"
      ? [lockOn(`${constraint.references.schema}.${constraint.references.table}`, "ACCESS EXCLUSIVE")]
      : [];
  return inOrder([lockOn(`${draft.schema.name}.${constraint.table}`, "ACCESS EXCLUSIVE"), ...other]);
}

function dropStatement(draft: Draft, constraint: RowConstraint): string {
  return `ALTER TABLE ${quoteQualified(draft.schema.name, constraint.table)} DROP CONSTRAINT ${quoteIdentifier(constraint.name)}`;
}

/** Names of columns are those that the old shape has at the moment: a retired column still carries its constraint. */
function addStatement(draft: Draft, constraint: RowConstraint, moment: Moment): string {
  const isEnforced = !constraint.tail.includes("NOT ENFORCED");
  return `ALTER TABLE ${quoteQualified(draft.schema.name, constraint.table)} ADD CONSTRAINT ${quoteIdentifier(constraint.name)} ${definitionOf(draft, constraint, moment, "old")}${isEnforced ? " NOT VALID" : ""}`;
}

/** The statement may run again after a crash. */
function unlessThere(draft: Draft, constraint: RowConstraint, statement: string): string {
  const base = quoteLiteral(quoteQualified(draft.schema.name, constraint.table)).trim();
  const exists = `SELECT FROM pg_catalog.pg_constraint WHERE conname = ${quoteLiteral(constraint.name).trim()} AND conrelid = ${base}::regclass`;
  return `DO ${quoteLiteral(`BEGIN IF NOT EXISTS (${exists}) THEN ${statement}; END IF; END`).trim()}`;
}

/** Validation changes nothing where the constraint was never away. */
function comeBack(draft: Draft, { constraint, comment }: Dropped): string[] {
  const base = quoteQualified(draft.schema.name, constraint.table);
  const name = quoteIdentifier(constraint.name);
  return [
    ...(constraint.isValidated && !constraint.tail.includes("NOT ENFORCED")
      ? [`ALTER TABLE ${base} VALIDATE CONSTRAINT ${name}`]
      : []),
    ...(comment === null ? [] : [`COMMENT ON CONSTRAINT ${name} ON ${base} IS ${quoteLiteral(comment).trim()}`]),
  ];
}

function lossOf(draft: Draft, constraint: RowConstraint, moment: Moment): Loss[] {
  if (!constraint.isValidated || constraint.tail.includes("NOT ENFORCED")) return [];
  const base = baseAt(draft, constraint.table, moment);
  const condition = violationCondition(draft, constraint, moment, "old");
  return [
    {
      what: `rows of ${draft.schema.name}.${constraint.table} that ${constraint.name} would refuse`,
      countSql: `SELECT count(*) FROM ${base} AS t WHERE ${condition}`,
      archiveSql: [
        archiveStatement(
          quoteQualified(stateSchema, draft.names.archive(`${constraint.table}_${constraint.name}`)),
          `SELECT t.* FROM ${base} AS t WHERE ${condition}`,
        ),
        `DELETE FROM ${base} AS t WHERE ${condition}`,
      ],
    },
  ];
}
