// What hangs on a replaced or retired column: its indexes, checks and NOT NULL, in both shapes; and the renames of the switch.
import type { Index } from "../../core/schema.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import { substituteColumns } from "./definition.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { holderOf } from "./draft.ts";
import { orderRenames } from "./rename-order.ts";

interface ShadowIndex {
  readonly index: Index;
  readonly name: string;
  readonly definition: string;
}

/** For every index that contains a replaced column: the same over the new column. */
export function shadowIndexes(draft: Draft, table: TableDraft): ShadowIndex[] {
  const replaced = new Map(
    table.columns.flatMap((column) =>
      column.replacement === null ? [] : [[column.physical, holderOf(column)] as const],
    ),
  );
  return (table.table?.indexes ?? [])
    .filter(
      (index) => index.valid && index.constraint === null && index.dependsOn.some((column) => replaced.has(column)),
    )
    .map((index) => {
      const name = draft.names.shadowIndex(index.name);
      return {
        index,
        name,
        definition: substituteColumns(index.definition, (column) => replaced.get(column) ?? column, name),
      };
    });
}

interface NewCheck {
  readonly name: string;
  readonly title: string;
  readonly condition: string;
}

export function newChecks(draft: Draft, table: TableDraft): NewCheck[] {
  const notNulls = table.columns
    .flatMap((column) => firmNotNull(draft, table, column))
    .map(({ column, check, label }) => ({
      name: check,
      title: `NOT NULL of ${label}`,
      condition: `${quoteIdentifier(column)} IS NOT NULL`,
    }));
  return [
    ...notNulls,
    ...shadowChecks(draft, table).map(({ name, original, condition }) => ({
      name,
      title: `check ${original}`,
      condition,
    })),
  ];
}

/** NOT NULL of new columns, proven by a check until the switch. */
export function firmNotNull(
  draft: Draft,
  table: TableDraft,
  column: ColumnDraft,
): { column: string; check: string; label: string }[] {
  const isFirm = column.replacement?.notNull ?? column.addition?.lateNotNull ?? false;
  if (!isFirm || column.newName === null) return [];
  const holder = holderOf(column);
  return [{ column: holder, check: draft.names.check(table.name, column.physical), label: column.newName }];
}

/** CHECK constraints that name a replaced column, over the new column. */
export function shadowChecks(draft: Draft, table: TableDraft): { name: string; original: string; condition: string }[] {
  const replaced = new Map(
    table.columns.flatMap((column) =>
      column.replacement === null ? [] : [[column.physical, holderOf(column)] as const],
    ),
  );
  return (table.table?.constraints ?? [])
    .filter((constraint) => constraint.kind === "check" && constraint.columns.some((column) => replaced.has(column)))
    .filter(({ name }) => !draft.dropped.some((each) => each.table === table.name && each.name === name))
    .map((constraint) => ({
      name: draft.names.shadowIndex(constraint.name),
      original: constraint.name,
      condition: conditionOf(
        substituteColumns(constraint.definition, (column) => replaced.get(column) ?? column, null),
      ),
    }));
}

/** `CHECK ((a > 0))` → `(a > 0)` */
function conditionOf(definition: string): string {
  return definition.replace(/^CHECK \(/, "").replace(/\)(?: NOT VALID| NO INHERIT)*$/, "");
}

interface Relaxation {
  readonly title: string;
  /** NOT VALID check on the retired column that a way back validates. */
  readonly check: string;
  readonly relax: readonly string[];
  /** In the transaction that switches back. */
  readonly tighten: readonly string[];
  /** After validation. */
  readonly restore: readonly string[];
}

/** The retired side must never refuse a write of the new version: its NOT NULL, default and checks are lifted. */
export function relaxations(draft: Draft, table: TableDraft): Relaxation[] {
  const base = quoteQualified(draft.schema.name, table.name);
  const alter = (clause: string): string => `ALTER TABLE ${base} ${clause}`;
  const columns = table.columns.flatMap((column): Relaxation[] => {
    const isRetired = column.oldName !== null && (column.newName === null || column.replacement !== null);
    if (!isRetired || column.column === null) return [];
    const name = quoteIdentifier(column.physical);
    const check = draft.names.check(table.name, `${column.physical}_old`);
    const setDefault =
      column.column.default === null ? [] : [alter(`ALTER COLUMN ${name} SET DEFAULT ${column.column.default}`)];
    const dropDefault = column.column.default === null ? [] : [alter(`ALTER COLUMN ${name} DROP DEFAULT`)];
    if (!column.column.notNull)
      return setDefault.length === 0
        ? []
        : [{ title: column.physical, check: "", relax: dropDefault, tighten: setDefault, restore: [] }];
    return [
      {
        title: column.physical,
        check,
        relax: [...dropDefault, alter(`ALTER COLUMN ${name} DROP NOT NULL`)],
        tighten: [
          ...setDefault,
          alter(`ADD CONSTRAINT ${quoteIdentifier(check)} CHECK (${name} IS NOT NULL) NOT VALID`),
        ],
        restore: [
          alter(`ALTER COLUMN ${name} SET NOT NULL`),
          alter(`DROP CONSTRAINT IF EXISTS ${quoteIdentifier(check)}`),
        ],
      },
    ];
  });
  const checks = shadowChecks(draft, table).map(({ original }): Relaxation => {
    const definition = table.table?.constraints.find((constraint) => constraint.name === original)?.definition ?? "";
    return {
      title: original,
      check: original,
      relax: [alter(`DROP CONSTRAINT ${quoteIdentifier(original)}`)],
      tighten: [
        alter(`ADD CONSTRAINT ${quoteIdentifier(original)} ${definition.replace(/ NOT VALID$/, "")} NOT VALID`),
      ],
      restore: [],
    };
  });
  return [...columns, ...checks];
}

/** Renames in an order in which no name is taken twice; a cycle goes through a name of our own. */
export function renameSequence(table: TableDraft, after: (physical: string) => string): [string, string][] {
  const physical = table.columns.flatMap((column) => [
    column.physical,
    ...(column.replacement === null ? [] : [column.replacement.physical]),
  ]);
  const wanted = physical.map((name) => [name, after(name)] as [string, string]).filter(([from, to]) => from !== to);
  return orderRenames(wanted);
}
