// A new table whose primary key is a 4-byte integer: it ends at 2,147,483,647, and widening it later rewrites the table.
import {
  columnDefinitionsOf,
  constraintDefinitionsOf,
  typeNameOf,
  relationText,
} from "../../dialects/postgres/column-definitions.ts";
import type { Rule } from "../contract.ts";

const narrow: Readonly<Record<string, string>> = {
  int2: "32,767",
  smallserial: "32,767",
  serial2: "32,767",
  int4: "2,147,483,647",
  serial: "2,147,483,647",
  serial4: "2,147,483,647",
};

export const integerPrimaryKey: Rule = {
  name: "integer-primary-key",
  summary: "the key of a new table runs out of numbers",
  severity: "warning",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) => {
      const keys = constraintDefinitionsOf(statement.node).filter(
        ({ constraint, createsTable, columns }) =>
          createsTable && constraint.contype === "CONSTR_PRIMARY" && columns.length === 1,
      );
      return columnDefinitionsOf(statement.node).flatMap(({ relation, column, constraints }) => {
        const last = narrow[typeNameOf(column.typeName)];
        const isKey = keys.some(({ columns }) => columns[0] === column.colname);
        // A key that refers to another table has that table's type, and no numbers of its own.
        const refers = constraints.some(({ contype }) => contype === "CONSTR_FOREIGN");
        if (last === undefined || !isKey || refers || statement.node === undefined) return [];
        return [
          {
            statement,
            message: `${relationText(relation)}.${column.colname ?? ""} ends at ${last}; then every INSERT fails, and a wider type means rewriting the table and all that refers to it.`,
            plan: [`${column.colname ?? "id"} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`],
          },
        ];
      });
    }),
};
