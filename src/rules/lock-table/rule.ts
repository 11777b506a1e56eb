// LOCK TABLE by hand: the lock is asked for without a limit and held until the transaction ends.
import type { LintStatement, Rule } from "../contract.ts";
import { relationText } from "../../dialects/postgres/column-definitions.ts";

/** Manual §13.3.1: from SHARE on, a lock keeps writers out; ACCESS EXCLUSIVE also keeps readers out. */
const firstBlockingMode = 5;

export const lockTable: Rule = {
  name: "lock-table",
  summary: "LOCK TABLE waits without a limit and holds the lock until the transaction ends",
  severity: "warning",
  isDefault: true,
  explainsEffect: true,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) => {
      const tables = lockedBy(statement);
      if (tables.length === 0) return [];
      return [
        {
          statement,
          message: `Clients of ${tables.join(", ")} wait from the moment the lock is asked for until the transaction ends.`,
          plan: [
            "leave the lock out: shoofly asks for every lock with a limit, again and again, and holds it for one step only",
          ],
        },
      ];
    }),
};

function lockedBy({ node, isNew }: LintStatement): string[] {
  if (!("LockStmt" in node) || (node.LockStmt.mode ?? 8) < firstBlockingMode) return [];
  return (node.LockStmt.relations ?? []).flatMap((each) =>
    "RangeVar" in each && !isNew(each.RangeVar) ? [relationText(each.RangeVar)] : [],
  );
}
