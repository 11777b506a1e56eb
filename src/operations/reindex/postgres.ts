// REINDEX of an index or a table: run CONCURRENTLY, which keeps nobody from reading or writing.
import { withStep } from "../../dialects/postgres/draft.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import { lockOn, stepBase } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly kind: "INDEX" | "TABLE";
  readonly name: string;
}

export const reindex: Operation<Change> = {
  name: "reindex",
  match: ({ node }, draft) => {
    if (!("ReindexStmt" in node)) return null;
    const { kind, relation } = node.ReindexStmt;
    if (kind !== "REINDEX_OBJECT_INDEX" && kind !== "REINDEX_OBJECT_TABLE") return null;
    if (relation?.schemaname !== undefined && relation.schemaname !== draft.schema.name) return null;
    return { kind: kind === "REINDEX_OBJECT_INDEX" ? "INDEX" : "TABLE", name: relation?.relname ?? "" };
  },
  message: (change) =>
    `REINDEX keeps writers of the table waiting until ${change.name} is built, and readers that use the index.`,
  apply: (change, statement, draft) => {
    const table = Object.values(draft.tables).find((each) =>
      change.kind === "TABLE"
        ? each.name === change.name
        : each.table?.indexes.some((index) => index.name === change.name) === true,
    );
    if (table?.table == null || table.newName !== table.name)
      refuse(
        statement,
        `There is no ${change.kind.toLowerCase()} ${change.name} in schema ${draft.schema.name} that stays as it is.`,
        "Mend the name, or use a migration of its own.",
      );
    const exclusion = table.table.constraints.find((each) => each.kind === "exclusion");
    if (exclusion !== undefined && (change.kind === "TABLE" || exclusion.name === change.name))
      refuse(
        statement,
        `The index of the exclusion constraint ${exclusion.name} cannot be built concurrently.`,
        "Name the other indexes one by one.",
      );
    return withStep(draft, {
      ...stepBase("verify", "staged", `${table.name}: build ${change.name} anew, concurrently`, {
        sql: [`REINDEX ${change.kind} CONCURRENTLY ${quoteQualified(draft.schema.name, change.name)}`],
        transaction: false,
        undoTransaction: false,
        scan: true,
        locks: [lockOn(`${draft.schema.name}.${table.name}`, "SHARE UPDATE EXCLUSIVE")],
      }),
      kind: "ddl",
      index: null,
      long: true,
    });
  },
};
