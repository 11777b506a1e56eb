// The forward verbs: start, complete and purge run the steps of their phases in the order of the plan.
import { MigrationError } from "../core/error.ts";
import { phases, phasesOf, type Phase, type Verb } from "../core/phase.ts";
import { stateDuring, type MigrationState } from "../core/state.ts";
import type { Step } from "../core/step.ts";
import type { StepRunner } from "./step-runner.ts";

type ForwardVerb = Exclude<Verb, "rollback">;

const endOf: Readonly<Record<ForwardVerb, MigrationState>> = { start: "ready", complete: "completed", purge: "purged" };

export async function runForward(
  runner: StepRunner,
  { verb, until }: { verb: ForwardVerb; until: Phase | null },
): Promise<void> {
  const { state } = await runner.record();
  if (state === endOf[verb]) return;
  const steps = runner.plan.steps.filter((step) => phasesOf[verb].includes(step.phase));
  if (state === "ready") await passGates(runner, leadingGates(steps));
  runner.isUnderWay = true;
  for (const step of steps) {
    if (until !== null && phases.indexOf(step.phase) > phases.indexOf(until)) return await restAt(runner, until);
    const isDone = (await runner.stepStates()).get(step.id) === "done";
    if (isDone) continue;
    await runner.enter(stateDuring[step.phase]);
    await runner.run(step);
  }
  if (verb !== "start") await runner.enter(verb === "complete" ? "completing" : "purging"); // a plan without steps for the verb
  await runner.enter(endOf[verb], verb === "start" ? "you" : null);
}

/** `complete` begins with gates and checks that change nothing: while they run, the migration is still `ready`. */
function leadingGates(steps: readonly Step[]): readonly Step[] {
  const first = steps.findIndex((step) => step.kind !== "gate" && step.kind !== "verify");
  return first === -1 ? steps : steps.slice(0, first);
}

/** Each attempt asks again: an answer of an earlier attempt says nothing about now. */
async function passGates(runner: StepRunner, gates: readonly Step[]): Promise<void> {
  for (const step of gates) {
    await runner.undo(step);
    try {
      await runner.run(step);
    } catch (error) {
      throw refused(error);
    }
  }
}

function refused(error: unknown): unknown {
  if (!(error instanceof MigrationError) || !["verification-failed", "old-snapshots"].includes(error.code))
    return error;
  return new MigrationError("gate-closed", {
    happened: error.happened,
    safeNext: error.safeNext,
    details: { ...error.details, reason: error.code },
    cause: error,
  });
}

async function restAt(runner: StepRunner, until: Phase): Promise<void> {
  await runner.session.journal.noteWaiting(runner.plan.migration, "you");
  await runner.session.journal.appendEvent(runner.plan.migration, runner.options.by, "stopped as asked", { until });
}
