// A new name that only works in quotes: every query has to quote it, for ever.
import { columnDefinitionsOf, relationText } from "../../dialects/postgres/column-definitions.ts";
import type { LintStatement, Rule } from "../contract.ts";

const plain = /^[a-z_][a-z0-9_$]*$/;

export const quotedIdentifier: Rule = {
  name: "quoted-identifier",
  summary: "a new name needs quotes in every query",
  severity: "info",
  isDefault: false,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      namesOf(statement)
        .filter((name) => !plain.test(name))
        .map((name) => ({
          statement,
          message: `The name ${JSON.stringify(name)} has capitals, blanks or other characters that every query has to put in quotes.`,
          plan: ["use lower case letters, digits and _"],
        })),
    ),
};

/** The names that the statement gives to something. */
function namesOf({ node }: LintStatement): string[] {
  const columns = columnDefinitionsOf(node).map(({ column }) => column.colname ?? "x");
  if ("CreateStmt" in node) return [relationText({ relname: node.CreateStmt.relation?.relname ?? "x" }), ...columns];
  if ("IndexStmt" in node) return node.IndexStmt.idxname === undefined ? [] : [node.IndexStmt.idxname];
  if ("RenameStmt" in node) return [node.RenameStmt.newname ?? "x"];
  return columns;
}
