// Which application code has to be deployed, or gone, at each border of a plan. Pure.
import type { Deployment } from "../core/estimate.ts";
import type { Draft, TableDraft } from "../dialects/postgres/draft.ts";
import { hasChangedColumns, isSynced } from "../dialects/postgres/draft.ts";

/** In the order in which they come; empty where no client can tell the difference. */
export function deploymentsOf(draft: Draft, oldVersion: string): Deployment[] {
  const changed = Object.values(draft.tables).filter((table) => table.table !== null && hasChangedColumns(table));
  if (changed.length === 0) return [];
  const shapes = changed.map(shapeOf).filter((text) => text !== "");
  const what = shapes.length === 0 ? "" : `: ${shapes.join("; ")}`;
  const synced = changed.some(isSynced)
    ? "Both versions may write the same rows; each sees its own shape."
    : "Both versions may work at the same time.";
  return [
    { before: "start", application: "Nothing: the application that runs now keeps working unchanged." },
    {
      before: "complete",
      application: `Deploy the application of the new shape with version ${draft.versionSchema} (shoofly latest --url)${what}. ${synced} No client of ${oldVersion} may be left.`,
    },
    {
      before: "purge",
      application: "Nothing more to deploy: purge when you are sure that the old application does not come back.",
    },
  ];
}

/** `products: read and write price (numeric), title instead of name; leave out note` */
function shapeOf(table: TableDraft): string {
  const parts = table.columns.flatMap((column) => {
    if (column.newName === null) return column.oldName === null ? [] : [`leave out ${column.oldName}`];
    if (column.replacement !== null)
      return [
        `${column.newName} as ${column.replacement.type}${column.oldName === column.newName ? "" : ` instead of ${column.oldName}`}`,
      ];
    if (column.oldName === null) return [`${column.newName} is new`];
    return column.oldName === column.newName ? [] : [`${column.newName} instead of ${column.oldName}`];
  });
  return parts.length === 0 ? "" : `${table.name}: ${parts.join(", ")}`;
}
