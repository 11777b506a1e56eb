// Steps that bring new CHECK, FOREIGN KEY and NOT NULL constraints about: NOT VALID first, proven by VALIDATE without blocking anybody.
import { strongestPerRelation } from "../../core/effect.ts";
import type { LockMode } from "../../core/effect.ts";
import type { Check, Lock } from "../../core/step.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import { baseAt, definitionOf, referencedTable, violationsOf } from "./constraint-sql.ts";
import type { Moment } from "./constraint-sql.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { isReshaped } from "./draft.ts";
import { isRowConstraint } from "./new-constraint.ts";
import type { NewForeignKey, RowConstraint } from "./new-constraint.ts";
import { ddlStep, lockOn } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

/** Rows that constraints of the switch would refuse: counted at start and once more before the switch. */
export function constraintChecks(draft: Draft): Check[] {
  return draft.constraints
    .filter((constraint) => constraint.enforced === "from-switch" && constraint.isValidated)
    .map((constraint) => violationsOf(draft, constraint));
}

/** Constraints that hold before the new version is offered. */
export function startConstraints(draft: Draft): NewStep[] {
  return draft.constraints
    .filter(isRowConstraint)
    .filter((constraint) => constraint.enforced === "from-start")
    .flatMap((constraint) => stagedSteps(draft, constraint, "verify"));
}

/** What the switch adds, and what has to be locked for it. */
export function switchConstraints(draft: Draft): { locks: Lock[]; undoLocks: Lock[]; sql: string[]; undo: string[] } {
  const constraints = draft.constraints.filter(isRowConstraint).filter(isOfSwitch);
  return {
    locks: constraints.flatMap((constraint) => locksOf(draft, constraint)),
    undoLocks: constraints.flatMap((constraint) => dropLocksOf(draft, constraint)),
    sql: constraints.map((constraint) => addStatement(draft, constraint, "in-switch")),
    undo: constraints.toReversed().map((constraint) => dropStatement(draft, constraint, "in-switch")),
  };
}

/** Tables that the switch has to lock for a constraint, whether or not their columns change. */
export function isConstrainedAtSwitch(draft: Draft, table: TableDraft): boolean {
  return draft.constraints.some(
    (constraint) => constraint.table === table.name && constraint.enforced === "from-switch",
  );
}

/** Proof of the existing rows for what the switch added; keys that were made meanwhile come before foreign keys to them. */
export function contractConstraints(draft: Draft): NewStep[] {
  const row = draft.constraints.filter(isRowConstraint).filter((constraint) => constraint.enforced === "from-switch");
  return row.flatMap((constraint) => {
    if (!isOfSwitch(constraint)) return stagedSteps(draft, constraint, "contract");
    return constraint.isValidated ? [validateConstraint(draft, constraint, "contract")] : [];
  });
}

function isOfSwitch(constraint: RowConstraint): boolean {
  return constraint.enforced === "from-switch" && !(constraint.kind === "foreign-key" && constraint.isLate);
}

function stagedSteps(draft: Draft, constraint: RowConstraint, phase: "verify" | "contract"): NewStep[] {
  const moment: Moment = phase === "verify" ? "before-switch" : "after-switch";
  const at = (locks: Lock[]): Lock[] =>
    phase === "verify" ? locks : inOrder(locks.map((lock) => lockAfterSwitch(draft, lock)));
  const locks = at(locksOf(draft, constraint));
  const add = ddlStep(phase, "staged", `${constraint.table}: add ${constraint.name} for new rows`, {
    sql: [...lockStatements(locks), addStatement(draft, constraint, moment)],
    undo: [...lockStatements(at(dropLocksOf(draft, constraint))), dropStatement(draft, constraint, moment)],
    locks,
  });
  return [add, ...(constraint.isValidated ? [validateConstraint(draft, constraint, phase)] : [])];
}

function addStatement(draft: Draft, constraint: RowConstraint, moment: Moment): string {
  const isUnproven = !constraint.tail.includes("NOT ENFORCED");
  return `ALTER TABLE ${baseAt(draft, constraint.table, moment)} ADD CONSTRAINT ${quoteIdentifier(constraint.name)} ${definitionOf(draft, constraint, moment)}${isUnproven ? " NOT VALID" : ""}`;
}

function dropStatement(draft: Draft, constraint: RowConstraint, moment: Moment): string {
  return `ALTER TABLE ${baseAt(draft, constraint.table, moment)} DROP CONSTRAINT ${quoteIdentifier(constraint.name)}`;
}

function validateConstraint(draft: Draft, constraint: RowConstraint, phase: "verify" | "contract"): NewStep {
  const locks = [
    lockOn(`${draft.schema.name}.${constraint.table}`, "SHARE UPDATE EXCLUSIVE"),
    ...(constraint.kind === "foreign-key" ? [lockOn(referencedName(constraint), "ROW SHARE")] : []),
  ];
  const onFailure =
    phase === "contract" ? " (a row that slipped in before the switch stops complete here: mend it and go on)" : "";
  return ddlStep(phase, "staged", `${constraint.table}: validate ${constraint.name} for existing rows${onFailure}`, {
    sql: [
      `ALTER TABLE ${baseAt(draft, constraint.table, phase === "verify" ? "before-switch" : "after-switch")} VALIDATE CONSTRAINT ${quoteIdentifier(constraint.name)}`,
    ],
    locks: phase === "verify" ? locks : locks.map((lock) => lockAfterSwitch(draft, lock)),
    scan: true,
    long: true,
  });
}

/** ADD FOREIGN KEY takes SHARE ROW EXCLUSIVE on both tables, everything else ACCESS EXCLUSIVE (manual, ALTER TABLE). */
function locksOf(draft: Draft, constraint: RowConstraint): Lock[] {
  const own = `${draft.schema.name}.${constraint.table}`;
  if (constraint.kind !== "foreign-key") return inOrder([lockOn(own, "ACCESS EXCLUSIVE")]);
  const mode = (relation: TableDraft | undefined): LockMode =>
    relation !== undefined && relation.table !== null && isReshaped(relation) && !constraint.isLate
      ? "ACCESS EXCLUSIVE"
      : "SHARE ROW EXCLUSIVE";
  const isStart = constraint.enforced === "from-start";
  return inOrder([
    lockOn(own, isStart ? "SHARE ROW EXCLUSIVE" : mode(draft.tables[constraint.table])),
    lockOn(referencedName(constraint), isStart ? "SHARE ROW EXCLUSIVE" : mode(referencedTable(draft, constraint))),
  ]);
}

/** DROP CONSTRAINT of a foreign key takes ACCESS EXCLUSIVE on both tables: asked for at once, in the one order. */
function dropLocksOf(draft: Draft, constraint: RowConstraint): Lock[] {
  return inOrder([
    lockOn(`${draft.schema.name}.${constraint.table}`, "ACCESS EXCLUSIVE"),
    ...(constraint.kind === "foreign-key" ? [lockOn(referencedName(constraint), "ACCESS EXCLUSIVE")] : []),
  ]);
}

function referencedName(constraint: NewForeignKey): string {
  return `${constraint.references.schema}.${constraint.references.table}`;
}

/** Each relation once, with its strongest mode, by name: two runners and two steps never wait for each other crosswise. */
export function inOrder(locks: readonly Lock[]): Lock[] {
  return strongestPerRelation(locks).toSorted((a, b) => (a.relation < b.relation ? -1 : 1));
}

/** The same lock once tables have their names of after the switch. */
export function lockAfterSwitch(draft: Draft, lock: Lock): Lock {
  const prefix = `${draft.schema.name}.`;
  const table = lock.relation.startsWith(prefix) ? draft.tables[lock.relation.slice(prefix.length)] : undefined;
  if (table === undefined || table.table === null) return lock;
  const relation = table.newName === null ? `${draft.names.retiredSchema}.${table.name}` : prefix + table.newName;
  return { ...lock, relation };
}

export function lockStatements(locks: readonly Lock[]): string[] {
  return locks.map(({ relation, mode }) => {
    const [schema = "", ...name] = relation.split(".");
    return `LOCK TABLE ${quoteQualified(schema, name.join("."))} IN ${mode} MODE`;
  });
}
