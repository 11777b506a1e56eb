// Changes of rows that the author asked for, as steps: key range by key range, with an archive from which they can be taken back.
import type { ChunkKey } from "../../core/step.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { DataChange, Draft, TableDraft } from "./draft.ts";
import { rangeCondition } from "./fill.ts";
import { stateSchema } from "./names.ts";
import { ddlStep, lockOn, stepBase } from "./step-parts.ts";
import type { StepBase } from "./step-parts.ts";

/** The statement of the author, in the parts that every chunk needs anew. */
export interface UpdateParts {
  readonly key: ChunkKey;
  /** Physical columns that it sets, with their types. */
  readonly sets: readonly { readonly column: string; readonly type: string }[];
  readonly alias: string;
  readonly setClause: string;
  readonly fromClause: string | null;
  readonly whereClause: string | null;
  readonly title: string;
  readonly fillsNullsOf: DataChange["fillsNullsOf"];
}

/** The author's UPDATE; what it replaces goes to the archive in the same statement. */
export function updateChange(draft: Draft, table: TableDraft, parts: UpdateParts): DataChange {
  const { key, sets, alias: row } = parts;
  const { id, name, archive } = archiveOf(draft, table);
  const base = quoteQualified(draft.schema.name, table.name);
  const before = [
    ...key.columns.map((column, index) => `b.${quoteIdentifier(column.name)} AS "_shoofly_key_${index}"`),
    ...sets.map((set, index) => `b.${quoteIdentifier(set.column)} AS "_shoofly_old_${index}"`),
  ];
  const same = key.columns.map(
    (column, index) => `${row}.${quoteIdentifier(column.name)} = _shoofly_before."_shoofly_key_${index}"`,
  );
  const returning = [
    ...key.columns.map((column) => `${row}.${quoteIdentifier(column.name)}`),
    ...sets.flatMap((set, index) => [
      `_shoofly_before."_shoofly_old_${index}"`,
      `${row}.${quoteIdentifier(set.column)}`,
    ]),
  ];
  const from = parts.fromClause === null ? "" : `, ${closed(parts.fromClause)}`;
  const condition = parts.whereClause === null ? "" : ` AND (${closed(parts.whereClause)})`;
  const sql = `WITH _shoofly_changed AS (UPDATE ${base} AS ${row} SET ${closed(parts.setClause)} FROM (SELECT ${before.join(", ")} FROM ${base} AS b WHERE ${rangeCondition(key, "b")} FOR NO KEY UPDATE) AS _shoofly_before${from} WHERE ${same.join(" AND ")}${condition} RETURNING ${returning.join(", ")}) INSERT INTO ${archive} SELECT * FROM _shoofly_changed ON CONFLICT DO NOTHING`;
  const stands = sets.map(
    (set, index) =>
      `ROW(t.${quoteIdentifier(set.column)})::record OPERATOR(pg_catalog.*=) ROW(a.${quoteIdentifier(`_new_${index}`)})::record`,
  );
  const restore = sets.map((set, index) => `${quoteIdentifier(set.column)} = a.${quoteIdentifier(`_old_${index}`)}`);
  return {
    id,
    tables: [table.name],
    archive,
    fillsNullsOf: parts.fillsNullsOf,
    prepare: makeArchive(
      archive,
      `${table.name}: keep the values that the UPDATE replaces`,
      [
        ...key.columns,
        ...sets.flatMap((set, index) => [
          { name: `_old_${index}`, type: set.type },
          { name: `_new_${index}`, type: set.type },
        ]),
      ],
      key,
    ),
    step: {
      ...backfillBase(draft, table, parts.title, [sql]),
      undo: [
        `UPDATE ${base} AS t SET ${restore.join(", ")} FROM ${archive} AS a WHERE ${[rangeCondition(key, "a"), ...sameKey(key), ...stands].join(" AND ")}`,
      ],
      kind: "backfill",
      table: { schema: draft.schema.name, name: table.name },
      key,
      mode: "change",
      undoTable: { schema: stateSchema, name },
      rowsEstimate: table.table?.rowsEstimate ?? 0,
    },
  };
}

export interface DeleteParts {
  readonly key: ChunkKey;
  readonly alias: string;
  readonly usingClause: string | null;
  readonly whereClause: string | null;
  readonly title: string;
}

/** The author's DELETE; the rows go to the archive in the same statement and come back where their key is still free. */
export function deleteChange(draft: Draft, table: TableDraft, parts: DeleteParts): DataChange {
  const { key, alias: row } = parts;
  const { id, name, archive } = archiveOf(draft, table);
  const base = quoteQualified(draft.schema.name, table.name);
  const columns = writtenColumns(table);
  const names = columns.map((column) => quoteIdentifier(column.name));
  const using = parts.usingClause === null ? "" : ` USING ${closed(parts.usingClause)}`;
  const condition = parts.whereClause === null ? "" : ` AND (${closed(parts.whereClause)})`;
  const sql = `WITH _shoofly_removed AS (DELETE FROM ${base} AS ${row}${using} WHERE ${rangeCondition(key, row)}${condition} RETURNING ${names.map((each) => `${row}.${each}`).join(", ")}) INSERT INTO ${archive} SELECT * FROM _shoofly_removed`;
  return {
    id,
    tables: [table.name],
    archive,
    fillsNullsOf: null,
    prepare: makeArchive(archive, `${table.name}: keep the rows that the DELETE removes`, columns, key),
    step: {
      ...backfillBase(draft, table, parts.title, [sql]),
      undo: [
        `INSERT INTO ${base} (${names.join(", ")}) OVERRIDING SYSTEM VALUE SELECT ${names.join(", ")} FROM ${archive} AS a WHERE ${rangeCondition(key, "a")} ON CONFLICT DO NOTHING`,
      ],
      kind: "backfill",
      table: { schema: draft.schema.name, name: table.name },
      key,
      mode: "change",
      undoTable: { schema: stateSchema, name },
      rowsEstimate: table.table?.rowsEstimate ?? 0,
    },
  };
}

export interface InsertParts {
  /** Null when the statement runs at once. */
  readonly source: { readonly table: TableDraft; readonly key: ChunkKey } | null;
  /** The statement with `RETURNING`, and with the range condition of the source when there is one. */
  readonly statement: (returning: string) => string;
  readonly title: string;
}

/** The author's INSERT; the rows are noted in the archive and removed again where they still stand as inserted. */
export function insertChange(draft: Draft, table: TableDraft, key: ChunkKey | null, parts: InsertParts): DataChange {
  const { id, name, archive } = archiveOf(draft, table);
  const base = quoteQualified(draft.schema.name, table.name);
  const title = `${table.newName ?? table.name}: note the rows that the INSERT adds`;
  const { source } = parts;
  const insert = (returning: string): string =>
    `WITH _shoofly_added AS (${parts.statement(returning)}) INSERT INTO ${archive} SELECT * FROM _shoofly_added`;
  const common = { id, archive, fillsNullsOf: null };
  // A table that the migration itself creates goes with all its rows: there is nothing to take back one by one.
  if (key === null || table.table === null) {
    const prepare = ddlStep("expand", "expand", title, {
      sql: [`CREATE TABLE ${archive} (LIKE ${base})`],
      undo: [`DROP TABLE ${archive}`],
    });
    if (source === null)
      return {
        ...common,
        tables: [table.name],
        prepare,
        step: ddlStep("backfill", "native", parts.title, { sql: [insert("*")], locks: [rowLock(draft, table)] }),
      };
    return {
      ...common,
      tables: [table.name, source.table.name],
      prepare,
      step: copyStep(draft, source, parts, insert("*")),
    };
  }
  const columns = writtenColumns(table);
  const names = columns.map((column) => quoteIdentifier(column.name));
  const image = (row: string): string => `ROW(${names.map((each) => `${row}.${each}`).join(", ")})::record`;
  const conditions = [
    ...sameKey(key),
    `${image("t")} OPERATOR(pg_catalog.*=) ${image("a")}`,
    ...unreferenced(table),
  ].join(" AND ");
  const prepare = makeArchive(archive, title, columns, key);
  if (source === null)
    return {
      ...common,
      tables: [table.name],
      prepare,
      step: ddlStep("backfill", "native", parts.title, {
        sql: [insert(names.join(", "))],
        undo: [`DELETE FROM ${base} AS t USING ${archive} AS a WHERE ${conditions}`],
        locks: [rowLock(draft, table)],
      }),
    };
  return {
    ...common,
    tables: [table.name, source.table.name],
    prepare,
    step: {
      ...copyStep(draft, source, parts, insert(names.join(", "))),
      undo: [`DELETE FROM ${base} AS t USING ${archive} AS a WHERE ${rangeCondition(key, "a")} AND ${conditions}`],
      undoTable: { schema: stateSchema, name },
      undoKey: key,
    },
  };
}

/** The rows that the migration itself put into a table that it creates are no loss when the table goes. */
export function forgiveInserted(draft: Draft, table: TableDraft, change: DataChange): Draft {
  if (table.table !== null) return draft;
  const base = quoteQualified(draft.schema.name, table.name);
  const what = rowsOfNewTable(draft, table.name);
  const steps = draft.steps.map((step) => ({
    ...step,
    loss: step.loss.map((loss) =>
      loss.what === what
        ? {
            ...loss,
            countSqlOtherwise: `SELECT count(*) FROM ${base}`,
            countSql: `SELECT count(*) FROM (SELECT t::text FROM ${base} AS t EXCEPT ALL (${draft.changes
              .filter((each) => each.tables[0] === table.name)
              .concat(change)
              .map((each) => `SELECT a::text FROM ${each.archive} AS a`)
              .join(" UNION ALL ")})) AS others`,
          }
        : loss,
    ),
  }));
  return { ...draft, steps };
}

/** How the loss of a created table's rows is called. */
export function rowsOfNewTable(draft: Draft, name: string): string {
  return `rows of the new table ${draft.schema.name}.${name}`;
}

function copyStep(
  draft: Draft,
  source: NonNullable<InsertParts["source"]>,
  parts: InsertParts,
  sql: string,
): Extract<DataChange["step"], { kind: "backfill" }> {
  return {
    ...backfillBase(draft, source.table, parts.title, [sql]),
    kind: "backfill",
    table: { schema: draft.schema.name, name: source.table.name },
    key: source.key,
    mode: "change",
    undoTable: null,
    rowsEstimate: source.table.table?.rowsEstimate ?? 0,
  };
}

/** A row that others have begun to point to stays. */
function unreferenced(table: TableDraft): string[] {
  return (table.table?.referencedBy ?? []).map((each) => {
    const same = each.from.map(
      (column, index) => `c.${quoteIdentifier(column)} = t.${quoteIdentifier(each.columns[index] ?? "")}`,
    );
    return `NOT EXISTS (SELECT FROM ${quoteQualified(each.schema, each.name)} AS c WHERE ${same.join(" AND ")})`;
  });
}

/** A part of the author's text that may end in a comment must not swallow what comes after it. */
export function closed(text: string): string {
  return text.includes("--") ? `${text}\n` : text;
}

/** Columns that a statement may write, by their physical names. */
function writtenColumns(table: TableDraft): { name: string; type: string }[] {
  return (table.table?.columns ?? []).filter((column) => !column.generated);
}

function archiveOf(draft: Draft, table: TableDraft): { id: string; name: string; archive: string } {
  const taken = draft.changes.map((change) => Number(/\d+$/.exec(change.id)?.[0] ?? 0));
  const id = `${table.name}_${Math.max(0, ...taken) + 1}`;
  const name = draft.names.archive(id);
  return { id, name, archive: quoteQualified(stateSchema, name) };
}

function makeArchive(
  archive: string,
  title: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  key: ChunkKey,
): DataChange["prepare"] {
  const definitions = [
    ...columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`),
    `PRIMARY KEY (${key.columns.map((column) => quoteIdentifier(column.name)).join(", ")})`,
  ];
  return ddlStep("expand", "expand", title, {
    sql: [`CREATE TABLE ${archive} (${definitions.join(", ")})`],
    undo: [`DROP TABLE ${archive}`],
  });
}

function sameKey(key: ChunkKey): string[] {
  return key.columns.map((column) => `t.${quoteIdentifier(column.name)} = a.${quoteIdentifier(column.name)}`);
}

/** Fields of a step that writes rows chunk by chunk. */
export function backfillBase(draft: Draft, table: TableDraft, title: string, sql: readonly string[]): StepBase {
  return stepBase("backfill", "expand", title, {
    sql,
    transaction: false,
    scan: true,
    locks: [rowLock(draft, table)],
    undoTransaction: false,
  });
}

function rowLock(draft: Draft, table: TableDraft): ReturnType<typeof lockOn> {
  return lockOn(`${draft.schema.name}.${table.name}`, "ROW EXCLUSIVE");
}
