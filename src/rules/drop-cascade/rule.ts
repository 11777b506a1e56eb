// DROP … CASCADE: the server drops whatever depends on the object, and nobody has listed it.
import { commandsOf } from "../../dialects/postgres/column-definitions.ts";
import type { LintStatement, Rule } from "../contract.ts";

export const dropCascade: Rule = {
  name: "drop-cascade",
  summary: "CASCADE drops dependent objects that nobody listed",
  severity: "error",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements.filter(dropsUnlisted).map((statement) => ({
      statement,
      message:
        "CASCADE also drops the views, foreign keys, functions and columns that depend on the object; which ones depends on the database it runs in, and what they held is gone.",
      plan: ["drop the dependent objects by name", "then drop the object without CASCADE"],
    })),
};

function dropsUnlisted({ node, isNew }: LintStatement): boolean {
  if ("DropStmt" in node) return node.DropStmt.behavior === "DROP_CASCADE";
  if ("DropOwnedStmt" in node) return node.DropOwnedStmt.behavior === "DROP_CASCADE";
  if (!("AlterTableStmt" in node) || isNew(node.AlterTableStmt.relation)) return false;
  return commandsOf(node).some(
    ({ subtype, behavior }) =>
      behavior === "DROP_CASCADE" && (subtype === "AT_DropColumn" || subtype === "AT_DropConstraint"),
  );
}
