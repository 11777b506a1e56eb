// A foreign key whose columns no index begins with: every delete or key change in the parent scans the child.
import { constraintDefinitionsOf, relationText } from "../../dialects/postgres/column-definitions.ts";
import type { Rule } from "../contract.ts";

export const foreignKeyWithoutIndex: Rule = {
  name: "foreign-key-without-index",
  summary: "no index begins with the columns of a foreign key",
  severity: "warning",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: ({ statements, indexesOf }) =>
    statements.flatMap((statement) =>
      constraintDefinitionsOf(statement.node)
        .filter(({ constraint }) => constraint.contype === "CONSTR_FOREIGN" && constraint.is_enforced !== false)
        .flatMap(({ relation, constraint, columns }) => {
          const indexes = indexesOf(relation);
          // Of a table that was never seen nobody knows the indexes: silence is better than a guess.
          if (indexes === null || columns.length === 0 || indexes.some((index) => covers(index, columns))) return [];
          const parent = relationText(constraint.pktable);
          const list = columns.join(", ");
          return [
            {
              statement,
              message: `No index of ${relationText(relation)} begins with ${list}: every DELETE and every key change in ${parent} scans the whole table for rows that refer to it.`,
              plan: [`CREATE INDEX CONCURRENTLY ON ${relationText(relation)} (${list})`],
            },
          ];
        }),
    ),
};

/** The order within the first columns does not matter to an equality search. */
function covers(index: readonly string[], columns: readonly string[]): boolean {
  const first = index.slice(0, columns.length);
  return columns.every((column) => first.includes(column));
}
