// Operations that carry values from some columns into others, as data.
import { z } from "zod";
import { quoteIdentifier } from "../sql/identifier.ts";
import { alter, columnDefinition } from "./columns.ts";
import { allow, allowed, directives, expression, name, names, type } from "./expression.ts";
import type { Allow, Definition } from "./expression.ts";
import type { Sql } from "./sql.ts";

export interface SplitColumn<
  E = Sql,
  Into extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly table: string;
  readonly from: string;
  /** The new columns with their types. */
  readonly into: Into;
  /** Value of each new column, from the old row. */
  readonly up: { readonly [Column in keyof Into]: E };
  /** Value of the old column, from the new row. */
  readonly down: E;
  readonly allow?: readonly Allow[];
}

export const splitColumn: Definition<SplitColumn<string>> = {
  input: z
    .strictObject({
      table: name,
      from: name,
      into: z.record(name, type),
      up: z.record(name, expression),
      down: expression,
      allow: z.exactOptional(allow),
    })
    .refine(({ into }) => Object.keys(into).length >= 2, { path: ["into"], message: "a split has two columns or more" })
    .refine(({ into, up }) => sameKeys(into, up), {
      path: ["up"],
      message: "up has one expression for every column of into, and no other",
    }),
  render: ({ table, from, into, up, down, ...rest }) => [
    ...Object.entries(into).map(([column, wanted]) => ({
      directives: directives({ up: up[column] }),
      sql: alter(table, `ADD COLUMN ${columnDefinition({ name: column, type: wanted })}`),
    })),
    {
      directives: [...directives({ down }), ...allowed(rest.allow)],
      sql: alter(table, `DROP COLUMN ${quoteIdentifier(from)}`),
    },
  ],
};

export interface MergeColumns<E = Sql, From extends readonly string[] = readonly string[]> {
  readonly table: string;
  readonly from: From;
  readonly into: string;
  readonly type: string;
  /** Value of the new column, from the old row. */
  readonly up: E;
  /** Value of each old column, from the new row. */
  readonly down: { readonly [Column in From[number]]: E };
  readonly allow?: readonly Allow[];
}

export const mergeColumns: Definition<MergeColumns<string>> = {
  input: z
    .strictObject({
      table: name,
      from: names,
      into: name,
      type,
      up: expression,
      down: z.record(name, expression),
      allow: z.exactOptional(allow),
    })
    .refine(({ from }) => new Set(from).size >= 2, { path: ["from"], message: "a merge has two columns or more" })
    .refine(({ from, down }) => sameKeys(Object.fromEntries(from.map((each) => [each, ""])), down), {
      path: ["down"],
      message: "down has one expression for every column of from, and no other",
    }),
  render: ({ table, from, into, type: wanted, up, down, ...rest }) => [
    {
      directives: directives({ up }),
      sql: alter(table, `ADD COLUMN ${columnDefinition({ name: into, type: wanted })}`),
    },
    ...from.map((column) => ({
      directives: [...directives({ down: down[column] }), ...allowed(rest.allow)],
      sql: alter(table, `DROP COLUMN ${quoteIdentifier(column)}`),
    })),
  ],
};

function sameKeys(a: object, b: object): boolean {
  return JSON.stringify(Object.keys(a).toSorted()) === JSON.stringify(Object.keys(b).toSorted());
}
