// Schema and data changed in one file: the two need different speeds, transactions and ways back.
import type { LintStatement, Rule } from "../contract.ts";

export const mixedDdlAndDml: Rule = {
  name: "mixed-ddl-and-dml",
  summary: "one file changes the schema and the data",
  severity: "info",
  isDefault: false,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) => {
    const data = statements.find(isData);
    if (data === undefined || !statements.some(isSchema)) return [];
    return [
      {
        statement: data,
        message:
          "The file changes the schema and the data: a data change takes as long as the table is large, and it is taken back in another way.",
        plan: ["put the data change into a migration of its own"],
      },
    ];
  },
};

function isData({ node }: LintStatement): boolean {
  return "UpdateStmt" in node || "DeleteStmt" in node || "InsertStmt" in node;
}

function isSchema({ node }: LintStatement): boolean {
  return Object.keys(node).some((kind) => /^(Alter|Create|Drop|Rename|Index|View)/.test(kind));
}
