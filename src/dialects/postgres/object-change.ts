// Objects that live in the catalog alone (views, routines, triggers, policies, …): made at once, dropped when nobody of the old
// version is left, and taken back by the definition that the catalog had.
import type { ObjectDefinition } from "../../core/schema.ts";
import type { Lock } from "../../core/step.ts";
import type { Draft } from "./draft.ts";
import { isReshaped, tableNamed, withStep } from "./draft.ts";
import type { Statement } from "./parse.ts";
import { tablesRead } from "./row-statement.ts";
import { refuse } from "./statement.ts";
import { ddlStep } from "./step-parts.ts";

export interface Wanted {
  readonly kind: ObjectDefinition["kind"];
  readonly name: string;
  /** Of a trigger, a policy. */
  readonly table?: string;
  /** Of a routine: names of its input types; undefined when the statement leaves them out. */
  readonly arguments?: readonly string[] | undefined;
}

/** The object of the catalog that the statement means. */
export function findObject(draft: Draft, wanted: Wanted): ObjectDefinition | undefined {
  const isRoutine = wanted.kind === "function" || wanted.kind === "procedure";
  return draft.schema.definitions.find(
    (each) =>
      each.name === wanted.name &&
      (each.kind === wanted.kind || (isRoutine && (each.kind === "function" || each.kind === "procedure"))) &&
      (wanted.table === undefined || each.table === wanted.table) &&
      (wanted.arguments === undefined || JSON.stringify(each.arguments) === JSON.stringify(wanted.arguments)),
  );
}

/** Makes or replaces an object. */
export function makeObject(
  draft: Draft,
  statement: Statement,
  parts: { wanted: Wanted; drop: string; isReplacing: boolean; locks?: readonly Lock[]; isInPlace?: boolean },
): Draft {
  const { wanted } = parts;
  const existing = findObject(draft, wanted);
  const isDropped = draft.steps.some((step) => step.title === titleOf("drop", wanted));
  if (existing !== undefined && !parts.isReplacing && !isDropped)
    refuse(statement, `There is already a ${wanted.kind} ${wanted.name}.`, "Drop it first, or choose another name.");
  const isReplaced = existing !== undefined && !isDropped;
  if (isReplaced && parts.isInPlace !== true && existing.dependents.length > 0)
    refuse(
      statement,
      `The old ${wanted.kind} could not come back, because others depend on it: ${existing.dependents.join(", ")}.`,
      "Drop what depends on it first and create it again after it, in this file.",
    );
  if (isReplaced) refuseReshaped(draft, statement, existing);
  const undo = isReplaced ? [...(parts.isInPlace === true ? [] : [parts.drop]), ...existing.create] : [parts.drop];
  const phase = isDropped || needsNewShape(draft, statement) ? "contract" : "expand";
  return withStep(
    draft,
    ddlStep(phase, "native", titleOf(isReplaced ? "replace" : "create", wanted), {
      sql: [statement.text],
      undo,
      locks: parts.locks ?? [],
      long: wanted.kind === "materialized view",
    }),
  );
}

/** Drops objects once the old version is closed. */
export function dropObjects(
  draft: Draft,
  statement: Statement,
  parts: { wanted: readonly Wanted[]; isOptional: boolean; isCascade: boolean; locks?: readonly Lock[] },
): Draft {
  if (parts.isCascade)
    refuse(statement, "CASCADE would drop objects that nobody listed.", "Drop them by statements of their own, first.");
  return parts.wanted.reduce((before, wanted) => {
    const existing = findObject(before, wanted);
    if (existing === undefined) {
      if (parts.isOptional) return before;
      return refuse(statement, `There is no ${wanted.kind} ${wanted.name} that was there before.`, "Mend the name.");
    }
    refuseReshaped(draft, statement, existing);
    return withStep(
      before,
      ddlStep("contract", "native", titleOf("drop", wanted), {
        sql: [existing.drop],
        undo: existing.create,
        locks: parts.locks ?? [],
        long: wanted.kind === "materialized view",
      }),
    );
  }, draft);
}

/** Changes an object in place once the old version is closed; the undo makes it anew as it was. */
export function alterObject(draft: Draft, statement: Statement, wanted: Wanted, locks: readonly Lock[] = []): Draft {
  const existing = findObject(draft, wanted);
  if (existing === undefined)
    refuse(statement, `There is no ${wanted.kind} ${wanted.name} that was there before.`, "Mend the name.");
  refuseReshaped(draft, statement, existing);
  if (existing.dependents.length > 0)
    refuse(
      statement,
      `The ${wanted.kind} could not come back as it was, because others depend on it: ${existing.dependents.join(", ")}.`,
      "Drop what depends on it first and create it again after it, in this file.",
    );
  return withStep(
    draft,
    ddlStep("contract", "native", titleOf("alter", wanted), {
      sql: [statement.text],
      undo: [existing.drop, ...existing.create],
      locks,
    }),
  );
}

/** The way back would make the object from names that the table does not have any more at that point. */
function refuseReshaped(draft: Draft, statement: Statement, existing: ObjectDefinition): void {
  const used =
    existing.table === null
      ? (draft.schema.objects.relations.find((each) => each.name === existing.name)?.uses ?? [])
      : [`${draft.schema.name}.${existing.table}`];
  const table = Object.values(draft.tables).find(
    (each) => each.table !== null && isReshaped(each) && used.includes(`${draft.schema.name}.${each.name}`),
  );
  if (table !== undefined)
    refuse(
      statement,
      `The ${existing.kind} ${existing.name} uses ${table.name}, which this migration changes.`,
      "Put the statement into a migration of its own.",
    );
}

function titleOf(verb: string, { kind, name, table, arguments: given }: Wanted): string {
  const place = table === undefined ? "" : ` of ${table}`;
  return `${verb} ${kind} ${name}${given === undefined ? "" : `(${given.join(", ")})`}${place}`;
}

/** The statement names a table or column as only the new version has it: until the switch the server would not know it. */
function needsNewShape(draft: Draft, statement: Statement): boolean {
  return tablesRead(statement.node).some((name) => {
    const table = tableNamed(draft, name);
    return table !== undefined && table.table !== null && isReshaped(table);
  });
}
