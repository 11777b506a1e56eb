// timestamp without time zone: the same instant reads differently for clients with other settings.
import { columnDefinitionsOf, relationText, typeNameOf } from "../../dialects/postgres/column-definitions.ts";
import type { Rule } from "../contract.ts";

export const timestampWithoutTimeZone: Rule = {
  name: "timestamp-without-time-zone",
  summary: "a timestamp without time zone does not say which instant it means",
  severity: "warning",
  isDefault: false,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      columnDefinitionsOf(statement.node)
        .filter(({ column }) => typeNameOf(column.typeName) === "timestamp")
        .map(({ relation, column }) => ({
          statement,
          message: `${relationText(relation)}.${column.colname ?? ""} stores a time of day without saying where: the instant depends on who reads it.`,
          plan: [`use timestamptz for ${column.colname ?? "the column"}`],
        })),
    ),
};
