// Drift: somebody else changed a touched table between two of our steps.
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import { compareStructure, readStructure } from "../dialects/postgres/structure.ts";
import type { Session } from "./session.ts";

/**
 * Compares the plan's tables with what shoofly last left behind.
 * @throws MigrationError `schema-drift` unless drift is accepted
 */
export async function checkDrift(
  session: Session,
  plan: Plan,
  accept: { isAccepted: boolean; by: string },
): Promise<void> {
  const expected = await session.journal.structure(plan.tables);
  const actual = await readStructure(session.connection, plan.tables);
  const differences = compareStructure(expected, actual);
  if (differences.length === 0) return;
  if (!accept.isAccepted) throw drifted(session, differences);
  await session.fenced(async () => {
    await session.journal.noteStructure(actual);
    await session.journal.appendEvent(plan.migration, accept.by, "drift accepted", { differences });
  });
}

function drifted(session: Session, differences: readonly string[]): MigrationError {
  const { verb, migration } = session.options;
  return new MigrationError("schema-drift", {
    happened: `Somebody else changed a table of this migration: ${differences.join("; ")}.`,
    safeNext: [
      `shoofly ${verb} ${migration} --accept-drift   (when the change does no harm)`,
      ...(verb === "rollback" || verb === "purge" ? [] : [`shoofly rollback ${migration} --accept-drift`]),
    ],
    doNot: "Do not go on before somebody has looked whether the steps to come still fit.",
    details: { differences },
  });
}
