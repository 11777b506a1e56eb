// CREATE TYPE and CREATE DOMAIN: nobody uses it yet, so nobody waits.
import type { Node } from "libpg-query";
import { withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly kind: "DOMAIN" | "TYPE";
  /** As the author qualified it. */
  readonly name: readonly string[];
}

export const createType: Operation<Change> = {
  name: "create-type",
  match: (statement) => {
    const name = nameOf(statement.node);
    return name === null ? null : { kind: "CreateDomainStmt" in statement.node ? "DOMAIN" : "TYPE", name };
  },
  message: (change) => `The ${change.kind.toLowerCase()} ${change.name.join(".")} is new: nobody waits for it.`,
  apply: (change, statement, draft) =>
    withStep(
      draft,
      ddlStep("expand", "native", `create ${change.kind.toLowerCase()} ${change.name.join(".")}`, {
        sql: [statement.text],
        undo: [`DROP ${change.kind} ${change.name.map(quoteIdentifier).join(".")}`],
      }),
    ),
};

function nameOf(node: Node): string[] | null {
  if ("CreateEnumStmt" in node) return fieldNames(node.CreateEnumStmt.typeName);
  if ("CreateRangeStmt" in node) return fieldNames(node.CreateRangeStmt.typeName);
  if ("CreateDomainStmt" in node) return fieldNames(node.CreateDomainStmt.domainname);
  if (!("CompositeTypeStmt" in node)) return null;
  const { schemaname, relname } = node.CompositeTypeStmt.typevar ?? {};
  return [...(schemaname === undefined ? [] : [schemaname]), relname ?? ""];
}
