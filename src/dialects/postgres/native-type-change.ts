// ALTER COLUMN TYPE as written, where neither the change nor its way back reads a row, or where the author asks for it.
import type { Loss } from "../../core/step.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { archiveStatement } from "./fill.ts";
import { isFreeTypeChange } from "./free-type-change.ts";
import { misfitCondition } from "./narrowing.ts";
import { stateSchema } from "./names.ts";
import { ddlStep, lockOn } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

/** Why the server would read, write or index rows, or refuse; null when it changes the catalog only. */
export function obstacleToNative(draft: Draft, table: TableDraft, column: ColumnDraft, type: string): string | null {
  const found = table.table;
  const name = column.physical;
  if (found === null || column.column === null || column.replacement !== null || column.addition !== null)
    return "the same migration makes the column";
  if (!isFreeTypeChange(column.column.type, type) || column.column.collation !== null)
    return `${column.column.type} to ${type} is more than a change of the catalog`;
  const bound = found.constraints.find(
    (each) => ["check", "foreign-key", "exclusion"].includes(each.kind) && each.columns.includes(name),
  );
  if (bound !== undefined) return `the constraint ${bound.name} would be checked again`;
  if (found.referencedBy.some((each) => each.columns.includes(name)))
    return "a foreign key of another table points at it";
  const index = found.indexes.find(
    (each) => each.dependsOn.includes(name) && (each.partial || each.columns.includes(null)),
  );
  if (index !== undefined) return `the index ${index.name} would be built again`;
  const hangs = found.dependents.find((each) => each.column === name)?.what;
  if (hangs !== undefined) return `the ${hangs} depends on it`;
  if (found.carried.some((each) => each.columns.includes(name) && each.problem !== null))
    return "a view that depends on it cannot be made again";
  if (draft.schema.versionViews.some((view) => view.name === table.name))
    return "an older version's view depends on it";
  return null;
}

/** One short transaction; views and the like over the column are made again in it, because the server refuses to change what is under them. */
export function nativeTypeStep(draft: Draft, table: TableDraft, column: ColumnDraft, type: string): NewStep {
  const base = quoteQualified(draft.schema.name, table.name);
  const name = quoteIdentifier(column.physical);
  const carried = (table.table?.carried ?? [])
    .filter((each) => each.columns.includes(column.physical))
    .toSorted((a, b) => a.depth - b.depth);
  const around = (alter: string): string[] => [
    ...carried.toReversed().flatMap((each) => each.drop),
    `LOCK TABLE ${base} IN ACCESS EXCLUSIVE MODE`,
    alter,
    ...carried.flatMap((each) => each.create),
  ];
  const isFreeBack = isFreeTypeChange(type, column.type);
  return ddlStep(
    "expand",
    "native",
    `${table.name}.${column.newName ?? ""}: change the type to ${type}${isFreeBack ? "" : " (the undo rewrites the table under its lock)"}`,
    {
      sql: around(`ALTER TABLE ${base} ALTER COLUMN ${name} TYPE ${type}`),
      undo: around(
        `ALTER TABLE ${base} ALTER COLUMN ${name} TYPE ${column.type}${isFreeBack ? "" : ` USING ${name}::${column.type}`}`,
      ),
      locks: [lockOn(`${draft.schema.name}.${table.name}`, "ACCESS EXCLUSIVE")],
      long: !isFreeBack,
      loss: lossOf(draft, table, column, type),
    },
  );
}

/** Values written since that the old type cuts off. */
function lossOf(draft: Draft, table: TableDraft, column: ColumnDraft, type: string): Loss[] {
  const condition = misfitCondition(type, column.type, quoteIdentifier(column.physical));
  if (condition === null) return [];
  const rows = `FROM ${quoteQualified(draft.schema.name, table.name)} WHERE ${condition}`;
  return [
    {
      what: `values of ${draft.schema.name}.${table.name}.${column.newName ?? ""} that do not fit into ${column.type}`,
      countSql: `SELECT count(*) ${rows}`,
      archiveSql: [
        archiveStatement(
          quoteQualified(stateSchema, draft.names.archive(`${table.name}_${column.physical}`)),
          `SELECT * ${rows}`,
        ),
      ],
    },
  ];
}
