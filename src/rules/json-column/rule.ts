// A column of type json: it has no equality, so DISTINCT, GROUP BY and UNION over it fail.
import { columnDefinitionsOf, relationText, typeNameOf } from "../../dialects/postgres/column-definitions.ts";
import type { Rule } from "../contract.ts";

export const jsonColumn: Rule = {
  name: "json-column",
  summary: "json has no equality: DISTINCT, GROUP BY and UNION over the column fail",
  severity: "warning",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      columnDefinitionsOf(statement.node)
        .filter(({ column }) => typeNameOf(column.typeName) === "json")
        .map(({ relation, column }) => ({
          statement,
          message: `${relationText(relation)}.${column.colname ?? ""} is json, a type without an equality operator: every SELECT DISTINCT, GROUP BY and UNION that meets the column fails.`,
          plan: [`use jsonb for ${column.colname ?? "the column"}`],
        })),
    ),
};
