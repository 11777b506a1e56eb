// NOT VALID and VALIDATE in one transaction: the scan runs under the strong lock that NOT VALID was meant to avoid.
import { commandsOf, constraintDefinitionsOf, relationText } from "../../dialects/postgres/column-definitions.ts";
import type { LintStatement, Rule } from "../contract.ts";

export const validateInSameTransaction: Rule = {
  name: "validate-in-same-transaction",
  summary: "a constraint is added NOT VALID and validated in the same transaction",
  severity: "error",
  isDefault: true,
  explainsEffect: true,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement, index) => {
      const validated = validatedBy(statement);
      if (validated.length === 0) return [];
      const added = statements.slice(0, index + 1).filter((each) => each.transaction === statement.transaction);
      const names = validated.filter((name) => isAddedIn(added, statement, name));
      if (names.length === 0) return [];
      return [
        {
          statement,
          message: `The transaction still holds the lock that adding ${names.map((name) => name.split(" ")[1]).join(", ")} took, so the scan of VALIDATE keeps clients out as if NOT VALID were not there.`,
          plan: ["ADD CONSTRAINT … NOT VALID and commit", "VALIDATE CONSTRAINT in a transaction of its own"],
        },
      ];
    }),
};

/** `table constraint` for every constraint that the statement validates. */
function validatedBy({ node }: LintStatement): string[] {
  if (!("AlterTableStmt" in node)) return [];
  const table = relationText(node.AlterTableStmt.relation);
  return commandsOf(node)
    .filter((command) => command.subtype === "AT_ValidateConstraint")
    .map((command) => `${table} ${command.name ?? ""}`);
}

function isAddedIn(earlier: readonly LintStatement[], validating: LintStatement, name: string): boolean {
  return earlier.some(
    (statement) =>
      (statement === validating || statement.transaction !== null) &&
      constraintDefinitionsOf(statement.node).some(
        ({ relation, constraint, createsTable }) =>
          !createsTable &&
          !statement.isNew(relation) &&
          constraint.skip_validation === true &&
          `${relationText(relation)} ${constraint.conname ?? ""}` === name,
      ),
  );
}
