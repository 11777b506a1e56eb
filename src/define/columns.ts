// Operations on the columns of one table, as data: their input and the naive SQL it stands for.
import { z } from "zod";
import { quoteIdentifier } from "../sql/identifier.ts";
import { allow, allowed, directives, expression, name, type } from "./expression.ts";
import type { Allow, Definition } from "./expression.ts";
import type { Sql } from "./sql.ts";

export interface AddColumn<E = Sql> {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly default?: E;
  readonly notNull?: boolean;
  /** Value for rows of the old version, from the old row. */
  readonly up?: E;
}

export const addColumn: Definition<AddColumn<string>> = {
  input: z.strictObject({
    table: name,
    column: name,
    type,
    default: z.exactOptional(expression),
    notNull: z.exactOptional(z.boolean()),
    up: z.exactOptional(expression),
  }),
  render: ({ table, column, up, ...rest }) => [
    { directives: directives({ up }), sql: alter(table, `ADD COLUMN ${columnDefinition({ name: column, ...rest })}`) },
  ],
};

export interface DropColumn<E = Sql> {
  readonly table: string;
  readonly column: string;
  /** Value of the old column for rows that the new version writes. */
  readonly down?: E;
  readonly allow?: readonly Allow[];
}

export const dropColumn: Definition<DropColumn<string>> = {
  input: z.strictObject({
    table: name,
    column: name,
    down: z.exactOptional(expression),
    allow: z.exactOptional(allow),
  }),
  render: ({ table, column, down, ...rest }) => [
    {
      directives: [...directives({ down }), ...allowed(rest.allow)],
      sql: alter(table, `DROP COLUMN ${quoteIdentifier(column)}`),
    },
  ],
};

export interface RenameColumn {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

export const renameColumn: Definition<RenameColumn> = {
  input: z.strictObject({ table: name, from: name, to: name }),
  render: ({ table, from, to }) => [
    { directives: [], sql: alter(table, `RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`) },
  ],
};

export interface ChangeColumnType<E = Sql> {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** New value from the old row. Without it the server's own cast. */
  readonly up?: E;
  /** Old value from the new row. */
  readonly down?: E;
  /** Name of the second column where both stand in the table (`versions: "direct"`). */
  readonly as?: string;
  readonly allow?: readonly Allow[];
}

export const changeColumnType: Definition<ChangeColumnType<string>> = {
  input: z.strictObject({
    table: name,
    column: name,
    type,
    up: z.exactOptional(expression),
    down: z.exactOptional(expression),
    as: z.exactOptional(name),
    allow: z.exactOptional(allow),
  }),
  render: ({ table, column, type: wanted, up, down, as, ...rest }) => [
    {
      directives: [
        ...directives({ down, as: as === undefined ? undefined : quoteIdentifier(as) }),
        ...allowed(rest.allow),
      ],
      sql: alter(
        table,
        `ALTER COLUMN ${quoteIdentifier(column)} TYPE ${wanted}${up === undefined ? "" : ` USING (${up})`}`,
      ),
    },
  ],
};

export interface SetNotNull<E = Sql> {
  readonly table: string;
  readonly column: string;
  /** Value for rows that have NULL, also for those the old version still writes. */
  readonly up?: E;
  /** Old writers of NULL fail from the start on, instead of from complete on. */
  readonly enforceNow?: boolean;
}

export const setNotNull: Definition<SetNotNull<string>> = {
  input: z.strictObject({
    table: name,
    column: name,
    up: z.exactOptional(expression),
    enforceNow: z.exactOptional(z.boolean()),
  }),
  render: ({ table, column, up, enforceNow }) => [
    {
      directives: directives({ up, enforce: enforceNow === true ? "now" : undefined }),
      sql: alter(table, `ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`),
    },
  ],
};

export interface DropNotNull {
  readonly table: string;
  readonly column: string;
}

export const dropNotNull: Definition<DropNotNull> = {
  input: z.strictObject({ table: name, column: name }),
  render: ({ table, column }) => [
    { directives: [], sql: alter(table, `ALTER COLUMN ${quoteIdentifier(column)} DROP NOT NULL`) },
  ],
};

/** A column as CREATE TABLE and ADD COLUMN take it. */
export interface ColumnInput<E = Sql> {
  readonly name: string;
  readonly type: string;
  readonly default?: E;
  readonly notNull?: boolean;
}

export function columnDefinition(column: ColumnInput<string>): string {
  const value = column.default === undefined ? "" : ` DEFAULT (${column.default})`;
  return `${quoteIdentifier(column.name)} ${column.type}${value}${column.notNull === true ? " NOT NULL" : ""}`;
}

/** Table names are not qualified: they mean the schema that is migrated, whatever its name is. */
export function alter(table: string, clause: string): string {
  return `ALTER TABLE ${quoteIdentifier(table)} ${clause}`;
}
