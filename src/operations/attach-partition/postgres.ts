// ATTACH PARTITION: a validated check proves the bound first, so that ATTACH reads no row under its lock.
import type { PartitionCmd } from "libpg-query";
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import { boundCondition, boundText, parentOf } from "../../dialects/postgres/partition-bound.ts";
import { attachStep, proofSteps } from "../../dialects/postgres/partitions.ts";
import type { Proof } from "../../dialects/postgres/partitions.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { baseName, preflightAt, refuse, refuseUnpurged, tableOf } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly parent: string;
  readonly child: string;
  readonly command: PartitionCmd;
}

export const attachPartition: Operation<Change> = {
  name: "attach-partition",
  match: (statement) => {
    if (!("AlterTableStmt" in statement.node) || statement.command?.subtype !== "AT_AttachPartition") return null;
    if (statement.node.AlterTableStmt.objtype !== "OBJECT_TABLE") return null;
    const { def } = statement.command;
    if (def === undefined || !("PartitionCmd" in def)) return null;
    return {
      parent: statement.node.AlterTableStmt.relation?.relname ?? "",
      child: def.PartitionCmd.name?.relname ?? "",
      command: def.PartitionCmd,
    };
  },
  message: (change) =>
    `Attaching ${change.child} reads all of it under ACCESS EXCLUSIVE, and the default partition of ${change.parent} as well.`,
  apply: (change, statement, draft) => {
    if (!("AlterTableStmt" in statement.node)) return draft;
    const parent = parentOf(statement, draft, statement.node.AlterTableStmt.relation);
    const child = tableOf(draft, change.command.name);
    const { bound } = change.command;
    if (child?.table == null || bound === undefined || child.table.kind !== "table" || child.newName !== child.name)
      refuse(
        statement,
        `${change.child} is no ordinary table of schema ${draft.schema.name} that was there before this migration.`,
        "Attach an ordinary table.",
      );
    refuseUnpurged(statement, child);
    refuseWork(statement, parent, child);
    const condition = boundCondition(parent, bound, statement);
    const fallback = parent.table.partitioning?.defaultPartition ?? null;
    const rest = fallback === null ? undefined : draft.tables[fallback];
    if (condition === null && (bound.is_default !== true || parent.table.partitioning === null))
      refuse(
        statement,
        `No check can be written for this key that proves the bound: ${change.child} would be read in full under ACCESS EXCLUSIVE.`,
        "This needs the rebuild strategy, or -- shoofly:raw.",
      );
    if (condition === null)
      refuse(
        statement,
        `A default partition takes what no other takes: ${change.child} would be read in full under ACCESS EXCLUSIVE.`,
        "Make an empty default partition with CREATE TABLE … PARTITION OF … DEFAULT.",
      );
    const proofs: Proof[] = [
      { table: child, name: draft.names.check(child.name, parent.name), condition },
      ...(rest === undefined
        ? []
        : [{ table: rest, name: draft.names.check(child.name, rest.name), condition: `NOT (${condition})` }]),
    ];
    const after = withStep(
      draft,
      ...proofs.flatMap((proof) =>
        proofSteps(
          draft,
          proof,
          proof.table === child ? `they belong to ${child.name}` : `none belongs to ${child.name}`,
        ),
      ),
      attachStep(draft, { parent: parent.name, child: child.name, bound: boundText(statement), proofs }),
    );
    return { ...after, preflight: [...after.preflight, ...proofs.map((proof) => holds(statement, draft, proof))] };
  },
};

function holds(statement: Statement, draft: Draft, proof: Proof): Draft["preflight"][number] {
  return preflightAt(statement, statement.start, {
    title: `every row of ${proof.table.name} is on its side of the bound`,
    expects: "empty",
    sql: `SELECT * FROM ${baseName(draft, proof.table)} WHERE NOT (${proof.condition}) LIMIT 10`,
    code: "change-refused",
    hint: "Move these rows to where they belong first.",
  });
}

/** What ATTACH would build or check under its lock has to be there before. */
function refuseWork(statement: Statement, parent: TableDraft, child: TableDraft): void {
  const shape = (definition: string): string => definition.replace(/^.*? USING /, "");
  const has = new Set(child.table?.indexes.filter((index) => index.valid).map((index) => shape(index.definition)));
  const index = parent.table?.indexes.find((each) => !has.has(shape(each.definition)));
  if (index !== undefined)
    refuse(
      statement,
      `${child.name} has no index like ${index.name}: ATTACH would build it while nobody can write to ${child.name}.`,
      "Create the index, or the constraint behind it, first, in a migration of its own.",
    );
  const keys = new Set(child.table?.constraints.filter((each) => each.validated).map((each) => each.definition));
  const constraint = parent.table?.constraints.find(
    (each) => (each.kind === "foreign-key" || each.kind === "check") && !keys.has(each.definition),
  );
  if (constraint !== undefined)
    refuse(
      statement,
      `${child.name} has no ${constraint.kind.replace("-", " ")} like ${constraint.name} of ${parent.name}.`,
      "Add it first, in a migration of its own.",
    );
}
