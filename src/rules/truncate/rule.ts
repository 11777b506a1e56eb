// TRUNCATE: every row is gone, for every version of the application, under ACCESS EXCLUSIVE.
import type { LintStatement, Rule } from "../contract.ts";
import { relationText } from "../../dialects/postgres/column-definitions.ts";

export const truncate: Rule = {
  name: "truncate",
  summary: "TRUNCATE removes all rows of a table that is in use",
  severity: "error",
  isDefault: true,
  explainsEffect: true,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) => {
      const tables = truncatedBy(statement);
      if (tables.length === 0) return [];
      return [
        {
          statement,
          message: `All rows of ${tables.join(", ")} are gone at once, under ACCESS EXCLUSIVE, and no rollback of the migration brings them back.`,
          plan: ["stop the application from using the rows", "DELETE them in chunks, or archive them first"],
        },
      ];
    }),
};

function truncatedBy({ node, isNew }: LintStatement): string[] {
  if (!("TruncateStmt" in node)) return [];
  return (node.TruncateStmt.relations ?? []).flatMap((each) =>
    "RangeVar" in each && !isNew(each.RangeVar) ? [relationText(each.RangeVar)] : [],
  );
}
