// `verify`: compares old and new shape of a migration that rests, while traffic goes on, and mends what differs when asked.
import { crashFrom } from "../core/crash-point.ts";
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import { verbOf } from "../core/state.ts";
import type { Check } from "../core/step.ts";
import type { VerifyDocument } from "../documents/history.ts";
import type { StatusEntry } from "../documents/status.ts";
import { compareShapes, repairShapes } from "../engine/comparison.ts";
import { Journal } from "../engine/journal.ts";
import type { Project } from "./config.ts";
import { currentPerson, withConnection } from "./reading.ts";
import { findEntry, readStatus } from "./status.ts";
import type { RunControls } from "./verbs.ts";

interface Subject {
  readonly entry: StatusEntry;
  readonly plan: Plan;
  readonly checks: readonly Check[];
}

/**
 * Compares every row of both shapes, each table in one snapshot.
 * @param repair mends rows that are wrong both ways from the side that is in charge: the old one before `complete`, then the new one
 * @throws MigrationError `wrong-state`, `runner-active`, `verification-failed` when a repair leaves differences
 */
export async function verifyMigration(
  project: Project,
  name: string,
  repair: boolean,
  controls: RunControls = {},
): Promise<VerifyDocument> {
  const { entry, plan, checks } = await subjectOf(project, name);
  if (repair) {
    await repairShapes({
      url: project.url(),
      plan,
      checks,
      emit: controls.emit ?? (() => undefined),
      stop: controls.stop ?? new AbortController().signal,
      cancel: controls.cancel ?? new AbortController().signal,
      crash: crashFrom(process.env["SHOOFLY_CRASH_AT"]),
      by: currentPerson(),
    });
  }
  const compared = await withConnection(project, async (connection) => await compareShapes(connection, checks), {
    readOnly: true,
  });
  return {
    schema: "shoofly.verify/1",
    migration: entry.carriedBy,
    state: entry.state,
    rows: compared.reduce((sum, each) => sum + each.rows, 0),
    mismatched: compared.reduce((sum, each) => sum + each.mismatched, 0),
    repaired: repair,
    checks: compared,
  };
}

async function subjectOf(project: Project, name: string): Promise<Subject> {
  return await withConnection(project, async (connection) => {
    const journal = await Journal.open(connection);
    const entry = findEntry(await readStatus(connection, project), project, name);
    const plan = await journal.plan(entry.name);
    const checks = plan?.comparisons?.find(({ state }) => state === entry.state)?.checks;
    if (plan === null || checks === undefined) throw notComparable(entry);
    return { entry, plan, checks };
  });
}

function notComparable(entry: StatusEntry): MigrationError {
  const verb = verbOf[entry.state];
  const reason =
    verb === null
      ? "there is only one shape to look at"
      : `${verb} is under way, and compares by itself before it goes on`;
  return new MigrationError("wrong-state", {
    happened: `Migration ${entry.name} is ${entry.state}: ${reason}. Both shapes rest side by side in the states ready and completed.`,
    safeNext: [entry.next ?? `shoofly status ${entry.name}`],
    details: { state: entry.state },
  });
}
