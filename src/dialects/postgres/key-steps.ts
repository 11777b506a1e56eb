// Steps of UNIQUE and PRIMARY KEY: the index is built CONCURRENTLY and then becomes the constraint's own, without a scan under lock.
import type { Index } from "../../core/schema.ts";
import type { Loss } from "../../core/step.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import { fromCatalog, indexOf } from "./catalog-constraint.ts";
import { baseAt, columnNames, duplicateCondition, keyIndexDefinition } from "./constraint-sql.ts";
import type { Moment } from "./constraint-sql.ts";
import { lockAfterSwitch, lockStatements } from "./constraint-steps.ts";
import { onTable, substituteColumns } from "./definition.ts";
import type { Draft } from "./draft.ts";
import { archiveStatement } from "./fill.ts";
import { stateSchema } from "./names.ts";
import { isKey } from "./new-constraint.ts";
import type { NewKey } from "./new-constraint.ts";
import { indexStep } from "./reshape.ts";
import { ddlStep, lockOn, stepBase } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

/** Indexes and keys before the new version is offered. */
export function startKeys(draft: Draft): NewStep[] {
  const keys = draft.constraints.filter(isKey).filter((key) => key.enforced === "from-start");
  return [
    ...newIndexSteps(draft, "verify"),
    ...keys.flatMap((key) => {
      const built = key.usingIndex === null ? keyIndexStep(draft, key, "verify") : [];
      return isAttachedEarly(draft, key) ? [...built, ...attachSteps(draft, key.table, [key], [], "verify")] : built;
    }),
  ];
}

/** Indexes and keys that old writers would not have kept; and those that go, because the old version's clients relied on them. */
export function contractKeys(draft: Draft): NewStep[] {
  return [
    ...newIndexSteps(draft, "contract"),
    ...Object.keys(draft.tables).flatMap((table) => {
      const added = draft.constraints
        .filter(isKey)
        .filter((key) => key.table === table && !isAttachedEarly(draft, key));
      const dropped = droppedKeys(draft, table);
      if (added.length + dropped.length === 0) return [];
      const built = added
        .filter((key) => key.usingIndex === null && key.enforced === "from-switch")
        .flatMap((key) => keyIndexStep(draft, key, "contract"));
      return [...built, ...attachSteps(draft, table, added, dropped, "contract")];
    }),
  ];
}

/** A primary key waits for its NOT NULL, and a name for the one that has it now. */
function isAttachedEarly(draft: Draft, key: NewKey): boolean {
  return (
    key.enforced === "from-start" &&
    key.kind === "unique" &&
    !draft.dropped.some((each) => each.table === key.table && each.name === key.name)
  );
}

function droppedKeys(draft: Draft, table: string): NewKey[] {
  return draft.dropped.flatMap((each) => {
    const constraint = draft.tables[table]?.table?.constraints.find(({ name }) => name === each.name);
    if (each.table !== table || constraint === undefined) return [];
    const key = fromCatalog(draft, table, constraint);
    return key !== null && isKey(key) ? [key] : [];
  });
}

const onFailure = "stops here when duplicates were written meanwhile: mend them and run complete again, or roll back";

function newIndexSteps(draft: Draft, phase: "verify" | "contract"): NewStep[] {
  return draft.indexes
    .filter((index) => index.phase === phase)
    .flatMap((index) => {
      const table = draft.tables[index.table];
      if (table === undefined) return [];
      const name = columnNames(draft, table, momentOf(phase));
      const title = `${index.table}: create index ${index.name} concurrently`;
      return [
        indexStep(
          draft,
          table,
          index.name,
          onTable(substituteColumns(index.definition, name, index.name), baseAt(draft, index.table, momentOf(phase))),
          phase === "contract" ? `${title} (${onFailure})` : title,
          phase,
        ),
      ];
    });
}

function keyIndexStep(draft: Draft, key: NewKey, phase: "verify" | "contract"): NewStep[] {
  const table = draft.tables[key.table];
  if (table === undefined) return [];
  const name = draft.names.shadowIndex(key.name);
  const title = `${key.table}: build the index of ${key.name}`;
  const step = indexStep(
    draft,
    table,
    name,
    keyIndexDefinition(draft, key, name, momentOf(phase)),
    phase === "contract" ? `${title} (${onFailure})` : title,
    phase,
  );
  return [phase === "verify" ? step : { ...step, locks: step.locks.map((lock) => lockAfterSwitch(draft, lock)) }];
}

/** One short transaction in which old keys go and new ones come; before it, in the plan, what its undo needs afterwards. */
function attachSteps(
  draft: Draft,
  table: string,
  added: readonly NewKey[],
  dropped: readonly NewKey[],
  phase: "verify" | "contract",
): NewStep[] {
  const base = baseAt(draft, table, momentOf(phase));
  const own = lockOn(`${draft.schema.name}.${table}`, "ACCESS EXCLUSIVE");
  const locks = [phase === "verify" ? own : lockAfterSwitch(draft, own)];
  const names = [...dropped.map((key) => `drop ${key.name}`), ...added.map((key) => `add ${key.name}`)];
  const attach = ddlStep(phase, "staged", `${table}: ${names.join(", ")}`, {
    sql: [
      ...lockStatements(locks),
      ...dropped.map((key) => `ALTER TABLE ${base} DROP CONSTRAINT ${quoteIdentifier(key.name)}`),
      ...added.map((key) => attachStatement(base, key, key.usingIndex ?? draft.names.shadowIndex(key.name))),
    ],
    undo: [
      ...lockStatements(locks),
      ...added.toReversed().map((key) => `ALTER TABLE ${base} DROP CONSTRAINT ${quoteIdentifier(key.name)}`),
    ],
    locks,
    loss: dropped.map((key) => duplicatesLoss(draft, key)),
  });
  return [
    ...dropped.flatMap((key) => wayBack(draft, key)),
    ...added.flatMap((key) => restoreIndex(draft, key, phase)),
    attach,
  ];
}

function attachStatement(base: string, key: NewKey, index: string): string {
  return `ALTER TABLE ${base} ADD CONSTRAINT ${quoteIdentifier(key.name)} ${key.kind === "unique" ? "UNIQUE" : "PRIMARY KEY"} USING INDEX ${quoteIdentifier(index)}${key.tail}`;
}

/** Undone after the key has come back in reverse: first the index is built again without blocking anybody, then it is attached. */
function wayBack(draft: Draft, key: NewKey): NewStep[] {
  const helper = draft.names.retiredIndex(key.name);
  const base = baseAt(draft, key.table, "after-switch");
  const index = indexOf(draft, key.table, key.name);
  const comment = draft.tables[key.table]?.table?.constraints.find((each) => each.name === key.name)?.comment ?? null;
  const say = (what: string, text: string | null): string[] =>
    text === null ? [] : [`COMMENT ON ${what} IS ${quoteLiteral(text).trim()}`];
  return [
    ddlStep("contract", "staged", `${key.table}: keep the way back for ${key.name}`, {
      locks: [lockAfterSwitch(draft, lockOn(`${draft.schema.name}.${key.table}`, "ACCESS EXCLUSIVE"))],
      undo: [
        comeBack(draft, base, key, helper),
        ...say(`CONSTRAINT ${quoteIdentifier(key.name)} ON ${base}`, comment),
        ...say(`INDEX ${quoteQualified(draft.schema.name, key.name)}`, index?.comment ?? null),
        ...(index?.clustered === true ? [`ALTER TABLE ${base} CLUSTER ON ${quoteIdentifier(key.name)}`] : []),
        ...(index?.replicaIdentity === true
          ? [`ALTER TABLE ${base} REPLICA IDENTITY USING INDEX ${quoteIdentifier(key.name)}`]
          : []),
      ],
    }),
    rebuildStep(draft, key.table, helper, keyIndexDefinition(draft, key, helper, "after-switch"), "contract"),
  ];
}

/** Where the key was never dropped, the index that was built for its return is not needed. */
function comeBack(draft: Draft, base: string, key: NewKey, helper: string): string {
  const exists = `SELECT FROM pg_catalog.pg_constraint WHERE conname = ${quoteLiteral(key.name).trim()} AND conrelid = ${quoteLiteral(base).trim()}::regclass`;
  const drop = `DROP INDEX IF EXISTS ${quoteQualified(draft.schema.name, helper)}`;
  return `DO ${quoteLiteral(`BEGIN IF EXISTS (${exists}) THEN ${drop}; ELSE ${attachStatement(base, key, helper)}; END IF; END`).trim()}`;
}

/** The author's own index becomes part of the constraint, and would go with it. */
function restoreIndex(draft: Draft, key: NewKey, phase: "verify" | "contract"): NewStep[] {
  if (key.usingIndex === null) return [];
  const moment = momentOf(phase);
  const made = draft.indexes.find((each) => each.name === key.usingIndex);
  const found = draft.tables[key.table]?.table?.indexes.find((each) => each.name === key.usingIndex);
  const definition = made?.definition ?? (found === undefined ? "" : definitionWithTablespace(found));
  const name = columnNames(draft, draft.tables[key.table], moment);
  return [
    rebuildStep(
      draft,
      key.table,
      key.usingIndex,
      onTable(substituteColumns(definition, name, key.usingIndex), baseAt(draft, key.table, moment)),
      phase,
    ),
  ];
}

/** Runs nothing forward; its undo builds the index. */
function rebuildStep(
  draft: Draft,
  table: string,
  name: string,
  definition: string,
  phase: "verify" | "contract",
): NewStep {
  return {
    ...stepBase(phase, "staged", `${table}: keep the way back for the index ${name}`, {
      transaction: false,
      locks: [],
      undo: [definition],
      undoTransaction: false,
    }),
    kind: "ddl",
    index: { schema: draft.schema.name, name, present: false },
    long: true,
  };
}

function definitionWithTablespace(index: Index): string {
  if (index.tablespace === null) return index.definition;
  const where = index.partial ? index.definition.lastIndexOf(" WHERE ") : index.definition.length;
  return `${index.definition.slice(0, where)} TABLESPACE ${quoteIdentifier(index.tablespace)}${index.definition.slice(where)}`;
}

function duplicatesLoss(draft: Draft, key: NewKey): Loss {
  const base = baseAt(draft, key.table, "after-switch");
  const condition = duplicateCondition(draft, key, "after-switch");
  return {
    what: `rows of ${draft.schema.name}.${key.table} that repeat a value of ${key.name}`,
    countSql: `SELECT count(*) FROM ${base} AS t WHERE ${condition}`,
    archiveSql: [
      archiveStatement(
        quoteQualified(stateSchema, draft.names.archive(`${key.table}_${key.name}`)),
        `SELECT t.* FROM ${base} AS t WHERE ${condition}`,
      ),
      `DELETE FROM ${base} AS t WHERE ${condition}`,
    ],
  };
}

function momentOf(phase: "verify" | "contract"): Moment {
  return phase === "verify" ? "before-switch" : "after-switch";
}
