// CONCURRENTLY inside BEGIN … COMMIT: the server refuses it, and the migration stops half way.
import type { Node } from "libpg-query";
import { commandsOf } from "../../dialects/postgres/column-definitions.ts";
import type { Rule } from "../contract.ts";

export const concurrentlyInTransaction: Rule = {
  name: "concurrently-in-transaction",
  summary: "CONCURRENTLY stands inside a transaction block, where the server refuses it",
  severity: "error",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: ({ statements }) =>
    statements
      .filter(({ node, transaction }) => transaction !== null && isConcurrent(node))
      .map((statement) => ({
        statement,
        message:
          "CONCURRENTLY works in several transactions of its own, so inside BEGIN … COMMIT the server refuses it (SQLSTATE 25001) and the block is rolled back.",
        plan: ["COMMIT before the statement, or put it into a file of its own", "run it outside of any transaction"],
      })),
};

// Manual, CREATE INDEX, DROP INDEX, REINDEX and ALTER TABLE … DETACH PARTITION. REFRESH … CONCURRENTLY may run in a block.
function isConcurrent(node: Node): boolean {
  if ("IndexStmt" in node) return node.IndexStmt.concurrent === true;
  if ("DropStmt" in node) return node.DropStmt.concurrent === true;
  if ("ReindexStmt" in node)
    return (node.ReindexStmt.params ?? []).some((each) => "DefElem" in each && each.DefElem.defname === "concurrently");
  return commandsOf(node).some(
    ({ subtype, def }) =>
      subtype === "AT_DetachPartition" &&
      def !== undefined &&
      "PartitionCmd" in def &&
      def.PartitionCmd.concurrent === true,
  );
}
