// DETACH PARTITION: clients of the old version keep its rows until the switch; the way back proves the bound before it attaches.
import type { PartitionCmd } from "libpg-query";
import { withStep } from "../../dialects/postgres/draft.ts";
import { parentOf } from "../../dialects/postgres/partition-bound.ts";
import { addProof, dropProof } from "../../dialects/postgres/partitions.ts";
import { baseName, literal, refuse, tableOf } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly parent: string;
  readonly child: string;
  readonly command: PartitionCmd;
  readonly isFinal: boolean;
}

export const detachPartition: Operation<Change> = {
  name: "detach-partition",
  match: (statement) => {
    const subtype = statement.command?.subtype;
    if (!("AlterTableStmt" in statement.node)) return null;
    if (subtype !== "AT_DetachPartition" && subtype !== "AT_DetachPartitionFinalize") return null;
    if (statement.node.AlterTableStmt.objtype !== "OBJECT_TABLE") return null;
    const def = statement.command?.def;
    if (def === undefined || !("PartitionCmd" in def)) return null;
    return {
      parent: statement.node.AlterTableStmt.relation?.relname ?? "",
      child: def.PartitionCmd.name?.relname ?? "",
      command: def.PartitionCmd,
      isFinal: subtype === "AT_DetachPartitionFinalize",
    };
  },
  message: (change) =>
    `Detaching ${change.child} waits for ACCESS EXCLUSIVE on ${change.parent}, and its rows are gone from ${change.parent} at once.`,
  apply: (change, statement, draft) => {
    if (!("AlterTableStmt" in statement.node)) return draft;
    if (change.isFinal)
      refuse(
        statement,
        "FINALIZE ends a DETACH … CONCURRENTLY that somebody else began and did not end.",
        `Run it by hand, or as written: -- shoofly:raw and -- shoofly:allow irreversible reason="…"`,
      );
    const parent = parentOf(statement, draft, statement.node.AlterTableStmt.relation);
    const child = tableOf(draft, change.command.name);
    const place = child?.table?.partition ?? null;
    if (child === null || place === null || place.parent !== parent.name)
      refuse(statement, `${change.child} is no partition of ${parent.name}.`, "Mend the name.");
    if (place.condition === null || parent.table.partitioning?.defaultPartition != null)
      refuse(
        statement,
        "With a default partition rows of the detached range would end up there, and the partition could not come back.",
        "Detach it as written with -- shoofly:raw and an undo of your own.",
      );
    if (parent.table.partitioning?.strategy === "hash")
      refuse(
        statement,
        "Without one of its partitions a hash-partitioned table refuses rows.",
        "Detach it as written with -- shoofly:raw and an undo of your own.",
      );
    if (child.newName !== child.name)
      refuse(statement, `An earlier statement of this migration renames ${child.name}.`, "Use a migration of its own.");
    const proof = { table: child, name: draft.names.check(child.name, parent.name), condition: place.condition };
    const base = baseName(draft, parent);
    const own = baseName(draft, child);
    const relation = `${draft.schema.name}.${child.name}`;
    const [wait, all] = [
      lockOn(relation, "ACCESS EXCLUSIVE"),
      lockOn(`${draft.schema.name}.${parent.name}`, "ACCESS EXCLUSIVE"),
    ];
    const isThere = `EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = ${literal(own)}::regclass AND inhparent = ${literal(base)}::regclass)`;
    const isChecked = `EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ${literal(own)}::regclass AND conname = ${literal(proof.name)})`;
    const when = (condition: string, ...statements: string[]): string =>
      `DO ${literal(`BEGIN IF ${condition} THEN ${statements.join("; ")}; END IF; END`)}`;
    return withStep(
      draft,
      ddlStep("contract", "native", `${parent.name}: detach ${child.name}`, {
        sql: [`ALTER TABLE ${base} DETACH PARTITION ${own}`],
        // Each may run twice: the scan must not happen in the transaction that takes the strong lock.
        undo: [
          when(`NOT ${isThere} AND NOT ${isChecked}`, addProof(draft, proof)),
          when(isChecked, `ALTER TABLE ${own} VALIDATE CONSTRAINT ${quoteIdentifier(proof.name)}`),
          when(`NOT ${isThere}`, `ALTER TABLE ${base} ATTACH PARTITION ${own} ${place.bound}`, dropProof(draft, proof)),
        ],
        undoTransaction: false,
        locks: [all, wait],
        long: true,
      }),
    );
  },
};
