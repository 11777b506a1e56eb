// Rollback: undoes done steps backwards, in any phase, after it has made sure that nothing is lost that was not archived.
import { MigrationError } from "../core/error.ts";
import { phasesOf } from "../core/phase.ts";
import type { StepState } from "../core/state.ts";
import type { Loss, Step } from "../core/step.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import type { StepRunner } from "./step-runner.ts";

interface RollbackOptions {
  readonly to: "ready" | "rolled-back";
  readonly archive: boolean;
}

export async function runRollback(runner: StepRunner, { to, archive }: RollbackOptions): Promise<void> {
  const { journal } = runner.session;
  const { state } = await runner.record();
  if (state === to) return;
  for (const step of runner.plan.steps) await runner.settle(step);
  const states = await runner.stepStates();
  const due = runner.plan.steps.filter((step) => isDue(step, states.get(step.id) ?? "pending", to)).toReversed();
  if (!archive) await checkLoss(runner, due, states);
  checkReversible(runner, due, states);
  if (!due.some((step) => isUncertain(step, states.get(step.id) ?? "pending"))) await runner.checkDrift();
  runner.isUnderWay = true;
  await runner.enter("rolling-back");
  await runner.session.fenced(async () => await journal.noteRollbackTarget(runner.plan.migration, to));
  for (const step of due) {
    if (archive) await keep(runner, step, states.get(step.id) ?? "pending");
    await runner.undo(step);
  }
  await runner.enter(to, to === "ready" ? "you" : null);
}

function isDue(step: Step, state: StepState, target: "ready" | "rolled-back"): boolean {
  if (state === "pending" || state === "undone") return false;
  return target === "rolled-back" || phasesOf.complete.includes(step.phase);
}

/** Statements of the step that stand alone may have run in part, so a difference in structure proves nothing. */
function isUncertain(step: Step, state: StepState): boolean {
  if (step.kind !== "ddl") return false;
  return (
    (!step.transaction && (state === "running" || state === "failed")) ||
    (state === "undoing" && (!step.undoTransaction || step.index !== null))
  );
}

function checkReversible(runner: StepRunner, due: readonly Step[], states: ReadonlyMap<string, StepState>): void {
  const stuck = due.filter((step) => !step.reversible && states.get(step.id) === "done");
  if (stuck.length === 0) return;
  const names = stuck.map((step) => `${step.id} (${step.title})`).join(", ");
  throw new MigrationError("wrong-state", {
    happened: `${runner.plan.migration} cannot be taken back: step ${names} has no undo.`,
    safeNext: [`shoofly status ${runner.plan.migration}`],
    details: { steps: stuck.map((step) => step.id) },
  });
}

/** @throws MigrationError `data-would-be-lost` with the counts */
async function checkLoss(
  runner: StepRunner,
  due: readonly Step[],
  states: ReadonlyMap<string, StepState>,
): Promise<void> {
  const losses: { what: string; rows: number }[] = [];
  for (const step of due) {
    for (const loss of step.loss) {
      const rows = await countLoss(runner, loss, states.get(step.id) ?? "pending");
      if (rows > 0) losses.push({ what: loss.what, rows });
    }
  }
  if (losses.length === 0) return;
  const { migration } = runner.plan;
  throw new MigrationError("data-would-be-lost", {
    happened: `The old shape has no place for ${losses.map(({ what, rows }) => `${rows} ${rows === 1 ? "row" : "rows"} of ${what}`).join(", ")}.`,
    safeNext: [`shoofly rollback ${migration} --archive   (keeps them in shoofly.archive_*)`],
    doNot: "Do not drop the columns by hand: the data would be gone.",
    details: { losses },
  });
}

/** What a step that is not (or no longer) done would lose may not exist at all. */
async function countLoss(runner: StepRunner, loss: Loss, state: StepState): Promise<number> {
  const count = async (sql: string): Promise<number> => {
    const [row] = await runner.session.connection.query(sql);
    return Number(Object.values(row ?? {})[0] ?? 0);
  };
  try {
    return await count(loss.countSql);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind !== "undefined-object") throw error;
    if (state !== "done") return 0;
    if (loss.countSqlOtherwise === undefined) throw error;
    return await count(loss.countSqlOtherwise);
  }
}

async function keep(runner: StepRunner, step: Step, state: StepState): Promise<void> {
  for (const loss of step.loss) {
    if ((await countLoss(runner, loss, state)) === 0) continue;
    const { journal } = runner.session;
    await runner.session.fenced(async () => {
      for (const sql of loss.archiveSql) await runner.session.connection.query(sql);
      await journal.appendEvent(runner.plan.migration, runner.options.by, "data archived", {
        what: loss.what,
        step: step.id,
      });
    });
  }
}
