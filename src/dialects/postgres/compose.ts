// Puts a draft's steps in the order that loses no row and fails no statement (the order is the product's core promise).
import type { Phase } from "../../core/phase.ts";
import type { Comparison } from "../../core/plan.ts";
import type { BackfillStep, Check, GateName, Loss, Step, VerifyStep } from "../../core/step.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import { settleColumns } from "./column-settings.ts";
import {
  constraintChecks,
  contractConstraints,
  inOrder,
  isConstrainedAtSwitch,
  lockAfterSwitch,
  lockStatements,
  startConstraints,
  switchConstraints,
} from "./constraint-steps.ts";
import { startDrops, switchDrops, wayBackOfDrops } from "./drop-steps.ts";
import { contractKeys, startKeys } from "./key-steps.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { isReshaped, isSynced, nameAfterSwitch } from "./draft.ts";
import {
  archiveStatement,
  checkOf,
  chunkKeyOf,
  comparisonOf,
  derivedColumns,
  fillStatement,
  notNullCheck,
  rangeCondition,
} from "./fill.ts";
import { backfillBase } from "./data-change.ts";
import { columnsOf } from "./expression.ts";
import { stateSchema } from "./names.ts";
import {
  constrainTable,
  contractTable,
  enforcedColumns,
  expandTable,
  prepareWayBack,
  purgeTable,
  relationOf,
  switchTable,
} from "./reshape.ts";
import { renameConstraints } from "./rename-steps.ts";
import { ddlStep, lockOn, stepBase } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";
import { offerVersion, withdrawVersion } from "./version-views.ts";
import {
  moveTables,
  orphanLoss,
  purgeRetired,
  relaxedParents,
  tableAfterSwitch,
  validateWayBack,
} from "./whole-table.ts";

/** An index the author asked for, placed once the columns it needs are filled. */
export interface Composition {
  readonly draft: Draft;
  /** Queries of `check` directives that must return no row. */
  readonly checks: readonly { readonly title: string; readonly sql: string }[];
}

/** All steps of a migration, in order and with their ids. */
export function compose({ draft, checks }: Composition): Step[] {
  const reshaped = reshapedTables(draft);
  const own = (phase: Phase): NewStep[] => draft.steps.filter((step) => step.phase === phase);
  const steps: NewStep[] = [
    ...own("expand"),
    ...Object.values(draft.tables).flatMap((table) => settleColumns(draft, table)),
    ...draft.changes.flatMap((change) => (change.prepare === null ? [] : [change.prepare])),
    ...reshaped.flatMap((table) => expandTable(draft, table)),
    ...draft.changes.map((change) => change.step),
    ...own("backfill"),
    ...reshaped.flatMap((table) => fillSteps(draft, table)),
    ...reshaped.flatMap((table) => constrainTable(draft, table)),
    ...own("verify"),
    ...startDrops(draft),
    ...startKeys(draft),
    ...startConstraints(draft),
    ...verifySteps(draft, reshaped, checks),
    ...offerSteps(draft, reshaped),
    ...switchSteps(draft, reshaped, checks),
    ...renameConstraints(draft),
    ...own("switch"),
    ...reshaped.flatMap((table) => contractTable(draft, table)),
    ...contractKeys(draft),
    ...contractConstraints(draft),
    ...own("contract"),
    ...own("purge"),
    ...reshaped.flatMap((table) => purgeTable(draft, table)),
    ...purgeRetired(draft),
    ...purgeState(draft),
  ];
  return numbered(steps);
}

function reshapedTables(draft: Draft): TableDraft[] {
  return Object.values(draft.tables)
    .filter((table) => table.table !== null && isReshaped(table))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What `shoofly verify` compares in each state in which both shapes are there. */
export function comparisons({ draft, checks }: Composition): Comparison[] {
  const reshaped = reshapedTables(draft);
  const derived = reshaped.filter((table) => isSynced(table) && derivedColumns(table).length > 0);
  const ready = [
    ...derived.map((table) => comparisonOf(draft, table, derivedColumns(table), null)),
    ...standingChecks(draft, reshaped, checks),
  ];
  const completed = derived.flatMap((table) => {
    const retired = derivedColumns(table).filter((each) => each.column.replacement !== null);
    return retired.length === 0 ? [] : [comparisonOf(draft, table, retired, nameAfterSwitch(table, draft.names))];
  });
  return [
    { state: "ready", checks: ready },
    { state: "completed", checks: completed },
  ];
}

/** Checks that do not compare shapes: no NULL where NOT NULL comes, and the author's own. */
function standingChecks(draft: Draft, reshaped: readonly TableDraft[], authorChecks: Composition["checks"]): Check[] {
  const firm = reshaped.flatMap((table) =>
    enforcedColumns(table).map((column) =>
      notNullCheck(draft, table, column.physical, column.newName ?? column.physical),
    ),
  );
  return [...firm, ...constraintChecks(draft), ...authorChecks.map(authorCheck)];
}

function numbered(steps: readonly NewStep[]): Step[] {
  const counts = new Map<Phase, number>();
  return steps.map((step) => {
    const count = (counts.get(step.phase) ?? 0) + 1;
    counts.set(step.phase, count);
    return { id: `${step.phase}.${count}`, ...step };
  });
}

function fillSteps(draft: Draft, table: TableDraft): NewStep[] {
  const derived = derivedColumns(table);
  if (derived.length === 0 || table.table === null) return [];
  const key = chunkKeyOf(table.table);
  const step: Omit<BackfillStep, "id"> = {
    ...backfillBase(
      draft,
      table,
      `${table.name}: fill ${derived.map((each) => each.column.newName ?? each.physical).join(", ")}`,
      [fillStatement(draft, table, derived, rangeCondition(key, "t"))],
    ),
    kind: "backfill",
    table: { schema: draft.schema.name, name: table.name },
    key,
    mode: "fill",
    undoTable: null,
    rowsEstimate: table.table.rowsEstimate,
  };
  return [step];
}

function verifySteps(draft: Draft, reshaped: readonly TableDraft[], authorChecks: Composition["checks"]): NewStep[] {
  const checks = [
    ...reshaped.flatMap((table) =>
      derivedColumns(table).length === 0 ? [] : [checkOf(draft, table, derivedColumns(table), false)],
    ),
    ...standingChecks(draft, reshaped, authorChecks),
  ];
  return checks.length === 0 ? [] : [verifyStep("verify", "compare every row of both shapes", checks)];
}

function verifyStep(phase: Phase, title: string, checks: readonly Check[]): NewStep {
  const step: Omit<VerifyStep, "id"> = {
    ...stepBase(phase, "expand", title, {
      transaction: false,
      scan: true,
      undoTransaction: false,
    }),
    kind: "verify",
    checks,
  };
  return step;
}

function authorCheck(check: { title: string; sql: string }): Check {
  const rows = `SELECT * FROM (${check.sql}\n) AS violations`;
  return {
    title: check.title,
    sql: `SELECT count(*) AS rows, count(*) AS mismatched FROM (${check.sql}\n) AS violations`,
    sampleSql: `${rows} LIMIT 10`,
    repairSql: null,
  };
}

function gateStep(phase: Phase, gate: GateName, title: string): NewStep {
  return { ...stepBase(phase, "expand", title, { transaction: false, undoTransaction: false }), kind: "gate", gate };
}

/** The version schema appears last: nobody can write the new shape before every row has it. */
function offerSteps(draft: Draft, reshaped: readonly TableDraft[]): NewStep[] {
  const gates = reshaped.some(isSynced)
    ? [gateStep("verify", "old-snapshots", "wait until no transaction can see rows from before the fill")]
    : [];
  if (draft.mode === "direct") return gates;
  return [
    ...gates,
    ddlStep("verify", "expand", `offer version ${draft.versionSchema}`, {
      sql: offerVersion(draft),
      undo: withdrawVersion(draft),
      locks: reshaped.map((table) => lockOn(relationOf(draft, table), "ACCESS SHARE")),
    }),
  ];
}

function switchSteps(draft: Draft, reshaped: readonly TableDraft[], authorChecks: Composition["checks"]): NewStep[] {
  const synced = reshaped.filter(isSynced);
  const checks = [
    ...synced.flatMap((table) =>
      derivedColumns(table).length === 0 ? [] : [checkOf(draft, table, derivedColumns(table), true)],
    ),
    ...standingChecks(draft, reshaped, authorChecks),
  ];
  const gates = [
    ...(draft.mode === "direct"
      ? []
      : [gateStep("switch", "sessions", `no session is declared as version ${draft.schema.currentVersion}`)]),
    gateStep("switch", "ledger", "no conflict and no quarantined row is open"),
    ...(checks.length === 0 ? [] : [verifyStep("switch", "compare both shapes once more", checks)]),
  ];
  const constraints = switchConstraints(draft);
  const drops = switchDrops(draft);
  const switched = Object.values(draft.tables)
    .filter((table) => reshaped.includes(table) || (table.table !== null && isConstrainedAtSwitch(draft, table)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (switched.length === 0) return gates;
  const parts = switched.map((table) => switchTable(draft, table));
  const moves = moveTables(draft);
  const own = [...reshaped.map((table) => relationOf(draft, table)), ...relaxedParents(draft)].map((relation) =>
    lockOn(relation, "ACCESS EXCLUSIVE"),
  );
  const locks = inOrder([...own, ...constraints.locks, ...drops.locks]);
  const undoLocks = inOrder([...own, ...constraints.undoLocks, ...drops.locks]).map((lock) =>
    lockAfterSwitch(draft, lock),
  );
  return [
    ...gates,
    ...reshaped.flatMap((table) => prepareWayBack(draft, table)),
    ...validateWayBack(draft),
    ...wayBackOfDrops(draft),
    ddlStep("switch", "expand", `switch ${switched.map((table) => table.name).join(", ")} to the new shape`, {
      sql: [
        ...parts.flatMap((part) => part.views),
        ...lockStatements(locks),
        ...parts.flatMap((part) => part.tables),
        ...drops.sql,
        ...constraints.sql,
        ...moves.sql,
      ],
      undo: [
        ...parts.flatMap((part) => part.undoViews),
        ...lockStatements(undoLocks),
        ...moves.undo,
        ...constraints.undo,
        ...drops.undo,
        ...parts.toReversed().flatMap((part) => part.undoTables),
      ],
      locks,
      loss: [...reshaped.flatMap((table) => retiredLoss(draft, table)), ...orphanLoss(draft), ...drops.loss],
    }),
  ];
}

/**
 * Rows of the new version whose value `down` could not carry back. Where the old column is NOT NULL a rollback that is told to
 * archives and removes them; elsewhere the old column is NULL and the row itself is archived.
 */
function retiredLoss(draft: Draft, table: TableDraft): Loss[] {
  const base = tableAfterSwitch(draft, table);
  const after = nameAfterSwitch(table, draft.names);
  const lost = (isNotNull: boolean): string =>
    table.columns
      .filter((column) => (column.column?.notNull ?? false) === isNotNull)
      .flatMap((column) => {
        const sources =
          column.replacement !== null
            ? [column.newName ?? ""]
            : column.newName === null && column.down !== null
              ? columnsOf(column.down).map(after)
              : [];
        const hasValue = sources.map((name) => `${quoteIdentifier(name)} IS NOT NULL`).join(" OR ");
        const isAlone = sources.length === 1;
        return sources.length === 0
          ? []
          : [`(${quoteIdentifier(after(column.physical))} IS NULL AND ${isAlone ? hasValue : `(${hasValue})`})`];
      })
      .join(" OR ");
  const entry = (condition: string, archive: string, more: readonly string[]): Loss => ({
    what: `rows of ${relationOf(draft, table)} whose value has no place in the old version`,
    countSql: `SELECT count(*) FROM ${base} WHERE ${condition}`,
    archiveSql: [
      archiveStatement(
        quoteQualified(stateSchema, draft.names.archive(archive)),
        `SELECT * FROM ${base} WHERE ${condition}`,
      ),
      ...more,
    ],
  });
  const [firm, loose] = [lost(true), lost(false)];
  // NULL may be what `down` says; only with an entry in the ledger is it a value that was lost.
  const conflicted = `EXISTS (SELECT FROM ${stateSchema}.conflicts WHERE migration = ${quoteLiteral(draft.migration).trim()}) AND (${loose})`;
  return [
    ...(firm === "" ? [] : [entry(firm, `${table.name}_rows`, [`DELETE FROM ${base} WHERE ${firm}`])]),
    ...(loose === "" ? [] : [entry(conflicted, `${table.name}_values`, [])]),
  ];
}

function purgeState(draft: Draft): NewStep[] {
  const old = draft.schema.currentVersion;
  const views = draft.schema.versionViews.filter((view) => view.schema === old);
  const closeOld =
    old === draft.schema.name
      ? []
      : [
          ddlStep("purge", "expand", `drop version ${old}`, {
            sql: [
              ...views.map((view) => `DROP VIEW IF EXISTS ${quoteQualified(view.schema, view.name)}`),
              `DROP SCHEMA IF EXISTS ${quoteIdentifier(old)}`,
            ],
            reversible: false,
          }),
        ];
  const archived = draft.changes.map((change) => `DROP TABLE IF EXISTS ${change.archive}`);
  return [
    ...closeOld,
    ...(archived.length === 0
      ? []
      : [
          ddlStep("purge", "expand", "drop what the way back of the data changes needed", {
            sql: archived,
            reversible: false,
          }),
        ]),
  ];
}
