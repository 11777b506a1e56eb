// Scans, index builds and data changes in a transaction that holds ACCESS EXCLUSIVE on a table from an earlier statement.
import type { LintStatement, Rule } from "../contract.ts";

export const workAfterLock: Rule = {
  name: "work-after-lock",
  summary: "long work in a transaction that already holds ACCESS EXCLUSIVE on a table",
  severity: "warning",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement, index) => {
      if (statement.transaction === null || !isLong(statement)) return [];
      const holder = statements
        .slice(0, index)
        .find((each) => each.transaction === statement.transaction && each.effect?.lock === "ACCESS EXCLUSIVE");
      if (holder === undefined) return [];
      return [
        {
          statement,
          message:
            "An earlier statement of this transaction holds ACCESS EXCLUSIVE until COMMIT, so the clients of that table also wait for this one.",
          plan: [
            "commit right after the statement that takes ACCESS EXCLUSIVE",
            "do the long work in a transaction of its own",
          ],
        },
      ];
    }),
};

function isLong({ effect, node }: LintStatement): boolean {
  if (effect === null) return "DoStmt" in node || "CallStmt" in node;
  // What is heavy itself is an error already.
  return effect.scan && !effect.heavy;
}
