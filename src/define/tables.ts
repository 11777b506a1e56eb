// Operations on tables, indexes and rows, as data; and any other statement as it is.
import { z } from "zod";
import { quoteIdentifier } from "../sql/identifier.ts";
import { columnDefinition } from "./columns.ts";
import type { ColumnInput } from "./columns.ts";
import { allow, allowed, directives, expression, name, names, statement, type } from "./expression.ts";
import type { Allow, Definition } from "./expression.ts";
import type { Sql } from "./sql.ts";

export interface CreateTable<E = Sql> {
  readonly table: string;
  readonly columns: readonly ColumnInput<E>[];
  readonly primaryKey?: readonly string[];
  /** Conditions that every row has to meet, by the name of their constraint. */
  readonly checks?: Readonly<Record<string, E>>;
}

const columns: z.ZodType<readonly ColumnInput<string>[]> = z
  .array(
    z.strictObject({
      name,
      type,
      default: z.exactOptional(expression),
      notNull: z.exactOptional(z.boolean()),
    }),
  )
  .min(1)
  .readonly();

export const createTable: Definition<CreateTable<string>> = {
  input: z.strictObject({
    table: name,
    columns,
    primaryKey: z.exactOptional(names),
    checks: z.exactOptional(z.record(name, expression)),
  }),
  render: ({ table, columns: wanted, primaryKey, checks = {} }) => {
    const parts = [
      ...wanted.map(columnDefinition),
      ...(primaryKey === undefined ? [] : [`PRIMARY KEY (${primaryKey.map(quoteIdentifier).join(", ")})`]),
      ...Object.entries(checks).map(
        ([constraint, condition]) => `CONSTRAINT ${quoteIdentifier(constraint)} CHECK (${condition})`,
      ),
    ];
    return [{ directives: [], sql: `CREATE TABLE ${quoteIdentifier(table)} (${parts.join(", ")})` }];
  },
};

export interface CreateIndex<E = Sql> {
  readonly table: string;
  readonly index: string;
  /** Names of columns; an expression is an object: `{ expression: sql\`lower(email)\` }`. */
  readonly on: readonly (string | { readonly expression: E })[];
  readonly unique?: boolean;
  readonly using?: "btree" | "hash" | "gist" | "spgist" | "gin" | "brin";
  readonly include?: readonly string[];
  readonly where?: E;
}

export const createIndex: Definition<CreateIndex<string>> = {
  input: z.strictObject({
    table: name,
    index: name,
    on: z
      .array(z.union([name, z.strictObject({ expression })]))
      .min(1)
      .readonly(),
    unique: z.exactOptional(z.boolean()),
    using: z.exactOptional(z.enum(["btree", "hash", "gist", "spgist", "gin", "brin"])),
    include: z.exactOptional(names),
    where: z.exactOptional(expression),
  }),
  render: ({ table, index, on, unique, using, include, where }) => {
    const keys = on.map((key) => (typeof key === "string" ? quoteIdentifier(key) : `(${key.expression})`));
    const parts = [
      `CREATE${unique === true ? " UNIQUE" : ""} INDEX ${quoteIdentifier(index)} ON ${quoteIdentifier(table)}`,
      ...(using === undefined ? [] : [`USING ${using}`]),
      `(${keys.join(", ")})`,
      ...(include === undefined ? [] : [`INCLUDE (${include.map(quoteIdentifier).join(", ")})`]),
      ...(where === undefined ? [] : [`WHERE (${where})`]),
    ];
    return [{ directives: [], sql: parts.join(" ") }];
  },
};

export interface DropIndex {
  readonly index: string;
}

export const dropIndex: Definition<DropIndex> = {
  input: z.strictObject({ index: name }),
  render: ({ index }) => [{ directives: [], sql: `DROP INDEX ${quoteIdentifier(index)}` }],
};

export interface UpdateRows<E = Sql> {
  readonly table: string;
  /** New value of each column. */
  readonly set: Readonly<Record<string, E>>;
  readonly where?: E;
}

export const updateRows: Definition<UpdateRows<string>> = {
  input: z
    .strictObject({ table: name, set: z.record(name, expression), where: z.exactOptional(expression) })
    .refine(({ set }) => Object.keys(set).length > 0, { path: ["set"], message: "names no column" }),
  render: ({ table, set, where }) => {
    const sets = Object.entries(set).map(([column, value]) => `${quoteIdentifier(column)} = (${value})`);
    const condition = where === undefined ? "" : ` WHERE (${where})`;
    return [{ directives: [], sql: `UPDATE ${quoteIdentifier(table)} SET ${sets.join(", ")}${condition}` }];
  },
};

export interface Raw<E = Sql> {
  /** One statement, run as written. */
  readonly statement: E;
  /** The statement that takes it back. */
  readonly undo?: E;
  readonly allow?: readonly Allow[];
}

export const raw: Definition<Raw<string>> = {
  input: z.strictObject({ statement, undo: z.exactOptional(statement), allow: z.exactOptional(allow) }),
  render: ({ statement: text, undo, ...rest }) => [
    { directives: [...directives({ raw: "", undo }), ...allowed(rest.allow)], sql: text },
  ],
};
