// Steps of one table whose columns differ between the versions: expand, index, constrain, switch, purge.
import type { Loss } from "../../core/step.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { holderOf, isSynced, nameAfterSwitch } from "./draft.ts";
import { createSequences, dropSequences, ownSequence, switchSequences } from "./added-sequence.ts";
import { carriedParts } from "./carried.ts";
import { furnish, switchDefaults } from "./column-settings.ts";
import { archiveStatement } from "./fill.ts";
import { firmNotNull, newChecks, relaxations, renameSequence, shadowChecks, shadowIndexes } from "./column-parts.ts";
import { stateSchema } from "./names.ts";
import { ddlStep, lockOn, stepBase } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";
import {
  createRetireTrigger,
  createSyncTriggers,
  dropRetireTrigger,
  dropSyncTriggers,
  renameInRetireTriggers,
} from "./sync-triggers.ts";
import {
  closeOldVersions,
  directView,
  dropInnerView,
  innerView,
  lockView,
  outerView,
  reopenOldVersions,
} from "./version-views.ts";
import { tableAfterSwitch } from "./whole-table.ts";

/** Columns, defaults, writer column and triggers in one transaction: no row can be written without both shapes afterwards. */
export function expandTable(draft: Draft, table: TableDraft): NewStep[] {
  const base = baseOf(draft, table);
  const adds = table.columns.flatMap((column) => addedColumn(draft, table, column));
  if (adds.length === 0 && !isSynced(table)) return [];
  const names = table.columns.flatMap(addedName);
  const synced = isSynced(table);
  return [
    ddlStep(
      "expand",
      "expand",
      `${table.name}: add ${names.join(", ") || "sync"}${synced ? " and two-way sync" : ""}`,
      {
        sql: [
          lockTable(base),
          ...adds,
          ...(synced ? [...addWriter(draft, base), ...createSyncTriggers(draft, table)] : []),
        ],
        locks: [lockOn(relationOf(draft, table), "ACCESS EXCLUSIVE")],
        undo: [
          lockTable(base),
          ...(synced ? [...dropSyncTriggers(draft, table), ...dropWriter(draft, base)] : []),
          ...names.map((name) => `ALTER TABLE ${base} DROP COLUMN ${quoteIdentifier(name)}`),
          ...dropSequences(table),
        ],
        loss: table.columns.flatMap((column) => additionLoss(draft, table, column)),
      },
    ),
  ];
}

/** Shadows of the old columns' indexes and checks, and NOT NULL as a validated check: built once every row is filled. */
export function constrainTable(draft: Draft, table: TableDraft): NewStep[] {
  const base = baseOf(draft, table);
  const checks = newChecks(draft, table);
  const indexes = shadowIndexes(draft, table).map(({ index, name, definition }) =>
    indexStep(draft, table, name, definition, `${table.name}: build the index that takes the place of ${index.name}`),
  );
  if (checks.length === 0) return indexes;
  return [
    ...indexes,
    ddlStep("verify", "staged", `${table.name}: add ${checks.map((check) => check.title).join(", ")} for new rows`, {
      sql: [
        lockTable(base),
        ...checks.map(
          (check) =>
            `ALTER TABLE ${base} ADD CONSTRAINT ${quoteIdentifier(check.name)} CHECK (${check.condition}) NOT VALID`,
        ),
      ],
      locks: [lockOn(relationOf(draft, table), "ACCESS EXCLUSIVE")],
      undo: checks.map((check) => `ALTER TABLE ${base} DROP CONSTRAINT ${quoteIdentifier(check.name)}`),
    }),
    ...checks.map((check) =>
      validateStep(draft, table, check.name, `${table.name}: validate ${check.title} for existing rows`, "verify"),
    ),
  ];
}

/** What must be there before the switch so that its undo needs no scan under a lock: runs nothing forward. */
export function prepareWayBack(draft: Draft, table: TableDraft): NewStep[] {
  const base = baseOf(draft, table);
  const relaxed = relaxations(draft, table);
  if (relaxed.length === 0) return [];
  return [
    ddlStep(
      "switch",
      "expand",
      `${table.name}: keep the way back for ${relaxed.map((each) => each.title).join(", ")}`,
      {
        sql: [],
        locks: [],
        undoTransaction: false,
        undo: relaxed.flatMap((each) =>
          each.check === "" ? [] : [validateIfThere(base, each.check), ...each.restore],
        ),
        long: true,
      },
    ),
  ];
}

/** The check is there only when a switch was taken back; the statement may run again after a crash. */
function validateIfThere(base: string, check: string): string {
  const exists = `SELECT FROM pg_catalog.pg_constraint WHERE conname = ${quoteLiteral(check).trim()} AND conrelid = ${quoteLiteral(base).trim()}::regclass`;
  return `DO ${quoteLiteral(`BEGIN IF EXISTS (${exists}) THEN ALTER TABLE ${base} VALIDATE CONSTRAINT ${quoteIdentifier(check)}; END IF; END`).trim()}`;
}

/** Statements of the one short transaction that makes the new shape the table's own; views before tables, as clients lock them. */
export function switchTable(
  draft: Draft,
  table: TableDraft,
): { views: string[]; tables: string[]; undoViews: string[]; undoTables: string[] } {
  const base = baseOf(draft, table);
  const synced = isSynced(table);
  const viewed = synced && draft.mode === "views";
  const after = nameAfterSwitch(table, draft.names);
  const alter = (clause: string): string => `ALTER TABLE ${base} ${clause}`;
  const renames = renameSequence(table, after);
  const indexes = shadowIndexes(draft, table);
  const relaxed = relaxations(draft, table);
  const firm = table.columns.flatMap((column) => firmNotNull(draft, table, column));
  const enforced = table.columns.filter((column) => column.enforceNotNull === "from-switch");
  const defaults = switchDefaults(draft, table);
  const carried = carriedParts(draft, table);
  const sequences = switchSequences(draft, table);
  const late = table.columns.flatMap((column) => lateDefault(draft, column));
  return {
    views: [
      ...carried.dropViews,
      ...(viewed ? directView(draft, table) : []),
      ...sequences.views,
      ...closeOldVersions(draft, table),
    ],
    tables: [
      ...(viewed ? dropInnerView(draft, table) : []),
      ...(synced ? [...dropSyncTriggers(draft, table), ...dropWriter(draft, base)] : []),
      ...carried.drop,
      ...relaxed.flatMap((each) => each.relax),
      ...firm.flatMap(({ column, check }) => [
        alter(`ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`),
        alter(`DROP CONSTRAINT ${quoteIdentifier(check)}`),
      ]),
      ...renames.map(([from, to]) => alter(`RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`)),
      ...indexes.flatMap(({ index, name }) => [
        renameIndex(draft, index.name, draft.names.retiredIndex(index.name)),
        renameIndex(draft, name, index.name),
      ]),
      ...shadowChecks(draft, table).map(({ name, original }) =>
        alter(`RENAME CONSTRAINT ${quoteIdentifier(name)} TO ${quoteIdentifier(original)}`),
      ),
      ...defaults.forward,
      ...late.map(({ column, value }) => alter(`ALTER COLUMN ${quoteIdentifier(column)} SET DEFAULT ${value}`)),
      ...renameInRetireTriggers(draft, table, "forward"),
      ...sequences.forward,
      ...createRetireTrigger(draft, table),
      ...enforced.map((column) =>
        alter(
          `ADD CONSTRAINT ${quoteIdentifier(draft.names.check(table.name, column.physical))} CHECK (${quoteIdentifier(after(column.physical))} IS NOT NULL) NOT VALID`,
        ),
      ),
      ...carried.create,
    ],
    undoViews: [
      ...carried.dropViews,
      ...(viewed || sequences.views.length > 0 ? [lockView(draft.versionSchema, table.newName ?? table.name)] : []),
      ...reopenOldVersions(draft, table),
    ],
    undoTables: [
      ...enforced.map((column) =>
        alter(`DROP CONSTRAINT IF EXISTS ${quoteIdentifier(draft.names.check(table.name, column.physical))}`),
      ),
      ...dropRetireTrigger(draft, table, base),
      ...carried.drop,
      ...sequences.back,
      ...defaults.back,
      ...late.map(({ column }) => alter(`ALTER COLUMN ${quoteIdentifier(column)} DROP DEFAULT`)),
      ...shadowChecks(draft, table).map(({ name, original }) =>
        alter(`RENAME CONSTRAINT ${quoteIdentifier(original)} TO ${quoteIdentifier(name)}`),
      ),
      ...indexes
        .toReversed()
        .flatMap(({ index, name }) => [
          renameIndex(draft, index.name, name),
          renameIndex(draft, draft.names.retiredIndex(index.name), index.name),
        ]),
      ...renames
        .toReversed()
        .map(([from, to]) => alter(`RENAME COLUMN ${quoteIdentifier(to)} TO ${quoteIdentifier(from)}`)),
      ...renameInRetireTriggers(draft, table, "back"),
      ...firm.flatMap(({ column, check }) => [
        alter(`ADD CONSTRAINT ${quoteIdentifier(check)} CHECK (${quoteIdentifier(column)} IS NOT NULL) NOT VALID`),
        alter(`ALTER COLUMN ${quoteIdentifier(column)} DROP NOT NULL`),
      ]),
      ...relaxed.flatMap((each) => each.tighten),
      ...(synced ? [...addWriter(draft, base), ...createSyncTriggers(draft, table)] : []),
      ...(viewed ? [...innerView(draft, table), ...outerView(draft, table)] : []),
      ...sequences.backViews,
      ...carried.create,
    ],
  };
}

/** NOT NULL without a second column: validated after the switch, then made the column's own without another scan. */
export function contractTable(draft: Draft, table: TableDraft): NewStep[] {
  const base = tableAfterSwitch(draft, table);
  const after = nameAfterSwitch(table, draft.names);
  return table.columns
    .filter((column) => column.enforceNotNull !== "no")
    .flatMap((column) => {
      const check = quoteIdentifier(draft.names.check(table.name, column.physical));
      const name = quoteIdentifier(after(column.physical));
      return [
        validateStep(
          draft,
          table,
          draft.names.check(table.name, column.physical),
          `${table.name}: validate NOT NULL of ${column.newName ?? ""}`,
          "contract",
        ),
        ddlStep("contract", "staged", `${table.name}: set ${column.newName ?? ""} NOT NULL (already proven)`, {
          sql: [
            lockTable(base),
            `ALTER TABLE ${base} ALTER COLUMN ${name} SET NOT NULL`,
            `ALTER TABLE ${base} DROP CONSTRAINT ${check}`,
          ],
          locks: [lockOn(relationOf(draft, table), "ACCESS EXCLUSIVE")],
          undo: [lockTable(base), `ALTER TABLE ${base} ALTER COLUMN ${name} DROP NOT NULL`],
        }),
      ];
    });
}

/** The only irreversible part: the retired columns and their trigger go in one transaction. */
export function purgeTable(draft: Draft, table: TableDraft): NewStep[] {
  const base = tableAfterSwitch(draft, table);
  const after = nameAfterSwitch(table, draft.names);
  const retired = table.columns
    .filter((column) => column.oldName !== null && (column.newName === null || column.replacement !== null))
    .map((column) => after(column.physical));
  if (retired.length === 0) return [];
  return [
    ddlStep("purge", "expand", `${table.name}: drop the retired ${retired.join(", ")}`, {
      sql: [
        lockTable(base),
        ...dropRetireTrigger(draft, table, base),
        ...retired.map((name) => `ALTER TABLE ${base} DROP COLUMN ${quoteIdentifier(name)}`),
      ],
      locks: [lockOn(relationOf(draft, table), "ACCESS EXCLUSIVE")],
      reversible: false,
    }),
  ];
}

/** `CREATE INDEX CONCURRENTLY`, whose undo is a concurrent drop. */
export function indexStep(
  draft: Draft,
  table: TableDraft,
  name: string,
  definition: string,
  title: string,
  phase: "verify" | "contract" = "verify",
): NewStep {
  const qualified = quoteQualified(draft.schema.name, name);
  return {
    ...stepBase(phase, "staged", title, {
      sql: [definition],
      transaction: false,
      scan: true,
      locks: [lockOn(relationOf(draft, table), "SHARE UPDATE EXCLUSIVE")],
      undo: [`DROP INDEX CONCURRENTLY IF EXISTS ${qualified}`],
      undoTransaction: false,
    }),
    kind: "ddl",
    index: { schema: draft.schema.name, name, present: true },
    long: true,
  };
}

/** Checks that state what the next NOT NULL needs, for the verification at start and before the switch. */
export function enforcedColumns(table: TableDraft): ColumnDraft[] {
  return table.columns.filter((column) => column.enforceNotNull !== "no");
}

function lockTable(base: string): string {
  return `LOCK TABLE ${base} IN ACCESS EXCLUSIVE MODE`;
}

export function relationOf(draft: Draft, table: TableDraft): string {
  return `${draft.schema.name}.${table.name}`;
}

function baseOf(draft: Draft, table: TableDraft): string {
  return quoteQualified(draft.schema.name, table.name);
}

function addedName(column: ColumnDraft): string[] {
  if (column.addition !== null) return [column.physical];
  return column.replacement === null ? [] : [column.replacement.physical];
}

/** The column first and its default after it: a volatile default inside ADD COLUMN would rewrite the table (manual, ALTER TABLE, Notes). */
function addedColumn(draft: Draft, table: TableDraft, column: ColumnDraft): string[] {
  const base = baseOf(draft, table);
  const { addition, replacement } = column;
  if (addition !== null) {
    const name = quoteIdentifier(column.physical);
    const late =
      addition.lateDefault === null || lateDefault(draft, column).length > 0
        ? []
        : [`ALTER TABLE ${base} ALTER COLUMN ${name} SET DEFAULT ${addition.lateDefault}`];
    return [
      ...createSequences(table, addition),
      `ALTER TABLE ${base} ADD COLUMN ${name} ${addition.definition}`,
      ...late,
      ...ownSequence(draft, table, column),
      ...furnish(draft, table, column, column.physical),
    ];
  }
  if (replacement === null) return [];
  const name = quoteIdentifier(replacement.physical);
  const collation = replacement.collation === null ? "" : ` COLLATE ${replacement.collation}`;
  return [
    `ALTER TABLE ${base} ADD COLUMN ${name} ${replacement.type}${collation}`,
    ...(replacement.default === null || draft.mode === "direct"
      ? []
      : [`ALTER TABLE ${base} ALTER COLUMN ${name} SET DEFAULT ${replacement.default}`]),
    ...furnish(draft, table, column, replacement.physical),
  ];
}

/** Without views the row itself has to show who wrote it: a derived column has no default of its own until the switch. */
function lateDefault(draft: Draft, column: ColumnDraft): { column: string; value: string }[] {
  if (draft.mode === "views" || column.newName === null) return [];
  const value = column.addition?.up == null ? (column.replacement?.default ?? null) : column.addition.default;
  return value === null ? [] : [{ column: holderOf(column), value }];
}

/** The writer column serves the views alone. */
function addWriter(draft: Draft, base: string): string[] {
  return draft.mode === "direct"
    ? []
    : [`ALTER TABLE ${base} ADD COLUMN ${quoteIdentifier(draft.names.writer)} smallint`];
}

function dropWriter(draft: Draft, base: string): string[] {
  return draft.mode === "direct" ? [] : [`ALTER TABLE ${base} DROP COLUMN ${quoteIdentifier(draft.names.writer)}`];
}

/** Values that the new version wrote into an added column have no place in the old shape. */
function additionLoss(draft: Draft, table: TableDraft, column: ColumnDraft): Loss[] {
  if (column.addition === null || column.addition.up !== null || column.addition.generatedFrom !== undefined) return [];
  const base = baseOf(draft, table);
  const name = quoteIdentifier(column.physical);
  const fallback =
    column.addition.lateDefault ??
    /\bDEFAULT\s+(.+?)(?:\s+NOT\s+NULL)?\s*$/is.exec(column.addition.definition)?.[1] ??
    "NULL";
  const condition =
    column.addition.lateDefault === null
      ? `ROW(${name})::record OPERATOR(pg_catalog.*<>) ROW((${fallback})::${column.type})::record`
      : "false";
  return [
    {
      what: `values of ${relationOf(draft, table)}.${column.newName ?? column.physical}`,
      countSql: `SELECT count(*) FROM ${base} WHERE ${condition}`,
      ...(table.newName === table.name
        ? {}
        : { countSqlOtherwise: `SELECT count(*) FROM ${tableAfterSwitch(draft, table)} WHERE ${condition}` }),
      archiveSql: [
        archiveStatement(
          quoteQualified(stateSchema, draft.names.archive(`${table.name}_${column.physical}`)),
          `SELECT * FROM ${base} WHERE ${condition}`,
        ),
      ],
    },
  ];
}

function renameIndex(draft: Draft, from: string, to: string): string {
  return `ALTER INDEX ${quoteQualified(draft.schema.name, from)} RENAME TO ${quoteIdentifier(to)}`;
}

function validateStep(
  draft: Draft,
  table: TableDraft,
  constraint: string,
  title: string,
  phase: "verify" | "contract",
): NewStep {
  return ddlStep(phase, "staged", title, {
    sql: [
      `ALTER TABLE ${phase === "contract" ? tableAfterSwitch(draft, table) : baseOf(draft, table)} VALIDATE CONSTRAINT ${quoteIdentifier(constraint)}`,
    ],
    locks: [lockOn(relationOf(draft, table), "SHARE UPDATE EXCLUSIVE")],
    scan: true,
    long: true,
  });
}
