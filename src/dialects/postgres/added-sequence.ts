// A column that is added and numbers its rows: serial, or an identity. Its sequence gives defaults while rows are filled; the
// switch makes an identity of it.
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import type { Addition, ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { nameAfterSwitch } from "./draft.ts";

export interface AddedSequence {
  /** `serial` keeps the sequence as its own; an identity gets one of the server's making at the switch. */
  readonly kind: "serial" | "always" | "by default";
  /** Qualified and quoted. */
  readonly name: string;
  /** `bigint` and the like. */
  readonly type: string;
  /** `START WITH 10 INCREMENT BY 5`; empty for none. */
  readonly options: string;
}

/** Before the column is there. Rows of every role that inserts get their number from it, so each of them may. */
export function createSequences(table: TableDraft, addition: Addition): string[] {
  const { sequence } = addition;
  if (sequence === undefined) return [];
  return [create(sequence), ...grants(table, sequence)];
}

export function ownSequence(draft: Draft, table: TableDraft, column: ColumnDraft): string[] {
  const sequence = column.addition?.sequence;
  if (sequence?.kind !== "serial") return [];
  return [
    `ALTER SEQUENCE ${sequence.name} OWNED BY ${quoteQualified(draft.schema.name, table.name)}.${quoteIdentifier(column.physical)}`,
  ];
}

/** After the column is gone; an owned sequence goes with it. */
export function dropSequences(table: TableDraft): string[] {
  return identities(table).map(({ sequence }) => `DROP SEQUENCE ${sequence.name}`);
}

/** Statements around the renames of the switch and of its undo; no row can be written meanwhile, so no number is lost or given twice. */
export function switchSequences(
  draft: Draft,
  table: TableDraft,
): { views: string[]; forward: string[]; back: string[]; backViews: string[] } {
  const base = quoteQualified(draft.schema.name, table.name);
  const after = nameAfterSwitch(table, draft.names);
  const parts = identities(table).map(({ column, sequence }) => {
    const name = after(column.physical);
    const alter = `ALTER TABLE ${base} ALTER COLUMN ${quoteIdentifier(name)}`;
    const view = `ALTER VIEW ${quoteQualified(draft.versionSchema, table.newName ?? table.name)} ALTER COLUMN ${quoteIdentifier(column.newName ?? "")}`;
    const own = `pg_catalog.pg_get_serial_sequence(${literal(base)}, ${literal(name)})`;
    const options = sequence.options === "" ? "" : ` (${sequence.options})`;
    const readBack = `BEGIN EXECUTE pg_catalog.format('SELECT pg_catalog.setval(%L, last_value, is_called) FROM %s', ${literal(sequence.name)}, ${own}); END`;
    const setDefault = `SET DEFAULT ${nextValue(sequence)}`;
    return {
      views: [`${view} DROP DEFAULT`],
      forward: [
        `${alter} DROP DEFAULT`,
        `${alter} ADD GENERATED ${sequence.kind.toUpperCase()} AS IDENTITY${options}`,
        `SELECT pg_catalog.setval(${own}, last_value, is_called) FROM ${sequence.name}`,
        `DROP SEQUENCE ${sequence.name}`,
      ],
      back: [
        create(sequence),
        ...grants(table, sequence),
        `DO ${literal(readBack)}`,
        `${alter} DROP IDENTITY`,
        `${alter} ${setDefault}`,
      ],
      backViews: [`${view} ${setDefault}`],
    };
  });
  return {
    views: parts.flatMap((part) => part.views),
    forward: parts.flatMap((part) => part.forward),
    back: parts.flatMap((part) => part.back),
    backViews: parts.flatMap((part) => part.backViews),
  };
}

/** The default that takes the next number. */
export function nextValue(sequence: AddedSequence): string {
  return `nextval(${literal(sequence.name)}::regclass)`;
}

function identities(table: TableDraft): { column: ColumnDraft; sequence: AddedSequence }[] {
  return table.columns.flatMap((column) => {
    const sequence = column.addition?.sequence;
    return sequence === undefined || sequence.kind === "serial" ? [] : [{ column, sequence }];
  });
}

function create({ name, type, options }: AddedSequence): string {
  return `CREATE SEQUENCE ${name} AS ${type}${options === "" ? "" : ` ${options}`}`;
}

function grants(table: TableDraft, sequence: AddedSequence): string[] {
  const roles = [
    table.table?.owner ?? "",
    ...(table.table?.grants ?? []).filter((grant) => grant.privilege === "INSERT").map((grant) => grant.grantee),
  ];
  const writers = sequence.kind === "serial" ? roles.slice(1) : roles;
  return [...new Set(writers)].map(
    (role) => `GRANT USAGE ON SEQUENCE ${sequence.name} TO ${role === "" ? "PUBLIC" : quoteIdentifier(role)}`,
  );
}

function literal(text: string): string {
  return quoteLiteral(text).trim();
}
