// ALTER TYPE … ADD VALUE: no table is locked, but no server can take it back: it runs last and only with the author's word.
import type { AlterEnumStmt } from "libpg-query";
import { withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { isAllowed, refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly type: string;
  readonly stmt: AlterEnumStmt;
}

export const addEnumValue: Operation<Change> = {
  name: "add-enum-value",
  match: (statement) => {
    if (!("AlterEnumStmt" in statement.node) || statement.node.AlterEnumStmt.oldVal !== undefined) return null;
    const stmt = statement.node.AlterEnumStmt;
    return { type: fieldNames(stmt.typeName).join("."), stmt };
  },
  message: (change) =>
    `Adding the value ${change.stmt.newVal ?? ""} to ${change.type} locks no table, but cannot be taken back, and clients that do not know it will meet it.`,
  apply: (change, statement, draft) => {
    if (!isAllowed(statement, "irreversible"))
      refuse(
        statement,
        `A value of ${change.type} cannot be taken away again.`,
        `Add a line before the statement: -- shoofly:allow irreversible reason="…"`,
      );
    return withStep(
      draft,
      ddlStep("verify", "native", `${change.type}: add the value ${change.stmt.newVal ?? ""} (for good)`, {
        sql: [statement.text],
        reversible: false,
      }),
    );
  },
};
