// CREATE EXTENSION: its objects are new, so nobody waits; taken back as long as nothing else uses them.
import { withStep } from "../../dialects/postgres/draft.ts";
import { literal, preflightAt } from "../../dialects/postgres/statement.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly name: string;
}

export const extension: Operation<Change> = {
  name: "extension",
  match: ({ node }) => ("CreateExtensionStmt" in node ? { name: node.CreateExtensionStmt.extname ?? "" } : null),
  message: (change) => `The extension ${change.name} adds objects; no client waits for it.`,
  apply: (change, statement, draft) => {
    const check = preflightAt(statement, statement.start, {
      title: `the extension ${change.name} is not there yet`,
      expects: "empty",
      sql: `SELECT extname, extversion FROM pg_catalog.pg_extension WHERE extname = ${literal(change.name)}`,
      code: "change-refused",
      hint: "Leave the statement out: the way back must not drop what was there before.",
    });
    const after = withStep(
      draft,
      ddlStep("expand", "native", `create extension ${change.name}`, {
        sql: [statement.text],
        undo: [`DROP EXTENSION ${quoteIdentifier(change.name)}`],
        long: true,
      }),
    );
    return { ...after, preflight: [...after.preflight, check] };
  },
};
