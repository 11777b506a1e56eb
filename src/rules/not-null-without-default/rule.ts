// ADD COLUMN … NOT NULL without a default: there is no value for the rows that exist, and old clients do not send one.
import { columnDefinitionsOf, relationText, typeNameOf } from "../../dialects/postgres/column-definitions.ts";
import type { ColumnDefinition } from "../../dialects/postgres/column-definitions.ts";
import type { Rule } from "../contract.ts";

export const notNullWithoutDefault: Rule = {
  name: "not-null-without-default",
  summary: "a NOT NULL column without a default fails on a table with rows",
  severity: "error",
  isDefault: true,
  explainsEffect: true,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      columnDefinitionsOf(statement.node)
        .filter((definition) => !definition.createsTable && !statement.isNew(definition.relation))
        .filter(({ column }) => isAdded(statement.node, column.colname))
        .filter(isWithoutValue)
        .map(({ relation, column }) => {
          const name = column.colname ?? "";
          return {
            statement,
            message: `${relationText(relation)}.${name} has no value for the rows that are there: the statement fails unless the table is empty, and from then on every INSERT of the running application fails.`,
            plan: [
              `give ${name} a DEFAULT, or`,
              `write -- shoofly:up EXPRESSION before the statement: the column is added without NOT NULL, filled in chunks, then made NOT NULL`,
            ],
          };
        }),
    ),
};

function isAdded(node: unknown, column: string | undefined): boolean {
  return JSON.stringify(node).includes(`"AT_AddColumn","def":{"ColumnDef":{"colname":${JSON.stringify(column)}`);
}

function isWithoutValue({ column, constraints }: ColumnDefinition): boolean {
  const kinds = constraints.map(({ contype }) => contype);
  const hasValue =
    ["CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"].some((kind) => kinds.some((each) => each === kind)) ||
    /^(small|big)?serial[248]?$/.test(typeNameOf(column.typeName));
  return kinds.includes("CONSTR_NOTNULL") && !hasValue;
}
