// Every operation by its slug, as TypeScript and data files know it. The input is checked, then rendered to the naive SQL.
import type { z } from "zod";
import { addColumn, changeColumnType, dropColumn, dropNotNull, renameColumn, setNotNull } from "./columns.ts";
import type { Definition, RenderedStatement } from "./expression.ts";
import { mergeColumns, splitColumn } from "./reshape.ts";
import { createIndex, createTable, dropIndex, raw, updateRows } from "./tables.ts";

/** An operation whose input type is hidden, for the list. */
export interface CatalogEntry {
  readonly input: z.ZodType;
  /** Checks and renders; the issues say what is wrong with the input. */
  readonly render: (
    input: unknown,
  ) => { readonly statements: readonly RenderedStatement[] } | { readonly issues: readonly z.core.$ZodIssue[] };
}

function entry<T>(definition: Definition<T>): CatalogEntry {
  return {
    input: definition.input,
    render: (input) => {
      const parsed = definition.input.safeParse(input);
      return parsed.success ? { statements: definition.render(parsed.data) } : { issues: parsed.error.issues };
    },
  };
}

export const catalog: Readonly<Record<string, CatalogEntry>> = {
  "add-column": entry(addColumn),
  "change-column-type": entry(changeColumnType),
  "create-index": entry(createIndex),
  "create-table": entry(createTable),
  "drop-column": entry(dropColumn),
  "drop-index": entry(dropIndex),
  "drop-not-null": entry(dropNotNull),
  "merge-columns": entry(mergeColumns),
  raw: entry(raw),
  "rename-column": entry(renameColumn),
  "set-not-null": entry(setNotNull),
  "split-column": entry(splitColumn),
  "update-rows": entry(updateRows),
};
