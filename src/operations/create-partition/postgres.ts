// CREATE TABLE … PARTITION OF: made as a table of its own and attached, which keeps nobody from reading or writing the parent.
import type { CreateStmt } from "libpg-query";
import { rowsOfNewTable } from "../../dialects/postgres/data-change.ts";
import { isTaken, withStep, withTable } from "../../dialects/postgres/draft.ts";
import { archiveStatement } from "../../dialects/postgres/fill.ts";
import { stateSchema } from "../../dialects/postgres/names.ts";
import { boundCondition, boundText, parentOf, textAfterBound } from "../../dialects/postgres/partition-bound.ts";
import { attachStep, proofSteps } from "../../dialects/postgres/partitions.ts";
import type { Proof } from "../../dialects/postgres/partitions.ts";
import { baseName, preflightAt, refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly name: string;
  readonly create: CreateStmt;
}

export const createPartition: Operation<Change> = {
  name: "create-partition",
  match: (statement, draft) => {
    if (!("CreateStmt" in statement.node) || statement.node.CreateStmt.partbound === undefined) return null;
    const create = statement.node.CreateStmt;
    const isHere = create.relation?.schemaname === undefined || create.relation.schemaname === draft.schema.name;
    return isHere ? { name: create.relation?.relname ?? "", create } : null;
  },
  message: (change) =>
    `Creating ${change.name} as a partition waits for ACCESS EXCLUSIVE on its parent, and a default partition is read in full meanwhile.`,
  apply: (change, statement, draft) => {
    const [relation] = (change.create.inhRelations ?? []).flatMap((node) =>
      "RangeVar" in node ? [node.RangeVar] : [],
    );
    const parent = parentOf(statement, draft, relation);
    if (isTaken(draft, change.name)) {
      if (change.create.if_not_exists === true) return draft;
      refuse(
        statement,
        `There is already a relation ${change.name} in schema ${draft.schema.name}.`,
        "Choose another name.",
      );
    }
    if (change.create.tableElts !== undefined)
      refuse(
        statement,
        "Constraints and defaults of the partition's own would be lost when it is made like its parent.",
        "Add them by statements of their own in a later migration.",
      );
    const bound = change.create.partbound;
    if (bound === undefined) return draft;
    const fallback = parent.table.partitioning?.defaultPartition ?? null;
    const condition = boundCondition(parent, bound, statement);
    const rest = fallback === null ? undefined : draft.tables[fallback];
    if (rest !== undefined && condition === null)
      refuse(
        statement,
        `The default partition ${rest.name} would be read in full under ACCESS EXCLUSIVE: no check can be written for this key that proves it holds no such row.`,
        "This needs the rebuild strategy, or -- shoofly:raw.",
      );
    const proofs: Proof[] =
      rest === undefined || condition === null
        ? []
        : [{ table: rest, name: draft.names.check(change.name, rest.name), condition: `NOT (${condition})` }];
    const qualified = quoteQualified(draft.schema.name, change.name);
    const like = [
      "DEFAULTS",
      "CONSTRAINTS",
      "GENERATED",
      "STORAGE",
      ...(draft.facts.major >= 14 ? ["COMPRESSION"] : []),
    ];
    const create = ddlStep("expand", "staged", `create ${change.name} like ${parent.name}`, {
      sql: [
        `CREATE TABLE ${qualified} (LIKE ${baseName(draft, parent)} ${like.map((each) => `INCLUDING ${each}`).join(" ")}) ${textAfterBound(statement)}`.trimEnd(),
      ],
      undo: [`DROP TABLE ${qualified}`],
      locks: [lockOn(`${draft.schema.name}.${parent.name}`, "ACCESS SHARE")],
      loss: [
        {
          what: rowsOfNewTable(draft, change.name),
          countSql: `SELECT count(*) FROM ${qualified}`,
          archiveSql: [
            archiveStatement(
              quoteQualified(stateSchema, draft.names.archive(change.name)),
              `SELECT * FROM ${qualified}`,
            ),
          ],
        },
      ],
    });
    const checks = proofs.map((proof) =>
      preflightAt(statement, statement.start, {
        title: `the default partition ${proof.table.name} holds no row of ${change.name}`,
        expects: "empty",
        sql: `SELECT * FROM ${baseName(draft, proof.table)} WHERE ${condition ?? "false"} LIMIT 10`,
        code: "change-refused",
        hint: "Move these rows out of the default partition first.",
      }),
    );
    const after = withStep(
      withTable(draft, { name: change.name, oldName: null, newName: change.name, table: null, columns: [] }),
      create,
      ...proofs.flatMap((proof) => proofSteps(draft, proof, `no row belongs to ${change.name}`)),
      attachStep(draft, { parent: parent.name, child: change.name, bound: boundText(statement), proofs }),
    );
    return { ...after, preflight: [...after.preflight, ...checks] };
  },
};
