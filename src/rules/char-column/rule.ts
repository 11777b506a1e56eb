// char(n): values are padded with blanks, and a longer limit rewrites the table.
import { columnDefinitionsOf, relationText, typeNameOf } from "../../dialects/postgres/column-definitions.ts";
import type { Rule } from "../contract.ts";

export const charColumn: Rule = {
  name: "char-column",
  summary: "char(n) pads with blanks, and every later change of n rewrites the table",
  severity: "warning",
  isDefault: false,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      columnDefinitionsOf(statement.node)
        .filter(({ column }) => typeNameOf(column.typeName) === "bpchar")
        .map(({ relation, column }) => ({
          statement,
          message: `${relationText(relation)}.${column.colname ?? ""} is padded with blanks to its full length, and every later change of the length rewrites the table.`,
          plan: [`use text for ${column.colname ?? "the column"}, with CHECK (length(…) <= n) where a limit matters`],
        })),
    ),
};
