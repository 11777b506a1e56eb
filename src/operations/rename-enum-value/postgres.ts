// ALTER TYPE … RENAME VALUE: a change of the catalog that all rows show at once, so it waits for the switch.
import type { AlterEnumStmt } from "libpg-query";
import { withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { literal } from "../../dialects/postgres/statement.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  /** As the author qualified it. */
  readonly type: readonly string[];
  readonly stmt: AlterEnumStmt;
}

export const renameEnumValue: Operation<Change> = {
  name: "rename-enum-value",
  match: (statement) => {
    if (!("AlterEnumStmt" in statement.node) || statement.node.AlterEnumStmt.oldVal === undefined) return null;
    return { type: fieldNames(statement.node.AlterEnumStmt.typeName), stmt: statement.node.AlterEnumStmt };
  },
  message: (change) =>
    `Renaming the value ${change.stmt.oldVal ?? ""} of ${change.type.join(".")} breaks every client that still writes or expects the old one.`,
  apply: (change, statement, draft) => {
    const { oldVal = "", newVal = "" } = change.stmt;
    return withStep(
      draft,
      ddlStep("switch", "native", `${change.type.join(".")}: rename the value ${oldVal} to ${newVal}`, {
        sql: [statement.text],
        undo: [
          `ALTER TYPE ${change.type.map(quoteIdentifier).join(".")} RENAME VALUE ${literal(newVal)} TO ${literal(oldVal)}`,
        ],
      }),
    );
  },
};
