// A second column of the same type that takes over from an existing one with other values: what `up` makes of the old ones.
import { defaultOf } from "./draft.ts";
import type { ColumnDraft, Draft, Replacement } from "./draft.ts";
import type { Template } from "./expression.ts";

export function sameTypeReplacement(draft: Draft, column: ColumnDraft, up: Template, notNull: boolean): Replacement {
  const physical = draft.names.added(column.physical);
  return {
    physical,
    type: column.type,
    collation: column.column?.collation ?? null,
    up,
    down: [{ column: physical }],
    notNull,
    default: defaultOf(column),
    narrowsBack: false,
  };
}
