// Partitions come and go without a scan under a lock: a validated check proves to ATTACH what it would otherwise look for.
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { ddlStep, lockOn } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

/** A check on one table that is proven before a partition is attached and goes in the same transaction. */
export interface Proof {
  readonly table: TableDraft;
  readonly name: string;
  readonly condition: string;
}

/** NOT VALID for new rows, then validated without a lock that blocks anybody. */
export function proofSteps(draft: Draft, proof: Proof, title: string): NewStep[] {
  const base = quoteQualified(draft.schema.name, proof.table.name);
  const relation = `${draft.schema.name}.${proof.table.name}`;
  return [
    ddlStep("expand", "staged", `${proof.table.name}: check for new rows that ${title}`, {
      sql: [addProof(draft, proof)],
      undo: [`ALTER TABLE ${base} DROP CONSTRAINT ${quoteIdentifier(proof.name)}`],
      locks: [lockOn(relation, "ACCESS EXCLUSIVE")],
    }),
    ddlStep("expand", "staged", `${proof.table.name}: prove for all rows that ${title}`, {
      sql: [`ALTER TABLE ${base} VALIDATE CONSTRAINT ${quoteIdentifier(proof.name)}`],
      locks: [lockOn(relation, "SHARE UPDATE EXCLUSIVE")],
      scan: true,
      long: true,
    }),
  ];
}

/** Attaches and drops the proofs; the undo detaches and puts them back, as the steps before left them. */
export function attachStep(
  draft: Draft,
  parts: { parent: string; child: string; bound: string; proofs: readonly Proof[] },
): NewStep {
  const { schema } = draft;
  const parent = quoteQualified(schema.name, parts.parent);
  const child = quoteQualified(schema.name, parts.child);
  return ddlStep("expand", "staged", `${parts.parent}: attach ${parts.child}`, {
    sql: [
      `ALTER TABLE ${parent} ATTACH PARTITION ${child} ${parts.bound}`,
      ...parts.proofs.map((proof) => dropProof(draft, proof)),
    ],
    undo: [`ALTER TABLE ${parent} DETACH PARTITION ${child}`, ...parts.proofs.map((proof) => addProof(draft, proof))],
    locks: [
      lockOn(`${schema.name}.${parts.parent}`, "SHARE UPDATE EXCLUSIVE"),
      ...parts.proofs.map((proof) => lockOn(`${schema.name}.${proof.table.name}`, "ACCESS EXCLUSIVE")),
    ],
  });
}

export function addProof(draft: Draft, proof: Proof): string {
  return `ALTER TABLE ${quoteQualified(draft.schema.name, proof.table.name)} ADD CONSTRAINT ${quoteIdentifier(proof.name)} CHECK (${proof.condition}) NOT VALID`;
}

export function dropProof(draft: Draft, proof: Proof): string {
  return `ALTER TABLE ${quoteQualified(draft.schema.name, proof.table.name)} DROP CONSTRAINT ${quoteIdentifier(proof.name)}`;
}
