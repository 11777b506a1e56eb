// Runs and undoes one step: probe, drift check, run, record, say so. Keeps the journal's view of the steps while a verb runs.
import { strict as assert } from "node:assert";
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import type { MigrationRecord, StoredError } from "../core/record.ts";
import type { MigrationState, StepState } from "../core/state.ts";
import type { Step } from "../core/step.ts";
import { kindOf } from "../steps/index.ts";
import { checkDrift } from "./drift.ts";
import { limitsOf, type RunOptions } from "./run-options.ts";
import type { Session } from "./session.ts";
import { bindContext, recordEffect, type BoundContext, type ContextOptions } from "./step-context.ts";

export class StepRunner {
  readonly session: Session;
  readonly plan: Plan;
  readonly options: RunOptions;
  /** Counts finished steps of this run: tells a server that breaks again and again from one that broke once. */
  progress = 0;
  /** The step that runs or is undone. */
  current: Step | null = null;
  /** This run has gone beyond asking: from here on a failure is a condition of the migration and no mere answer. */
  isUnderWay = false;

  constructor(session: Session, plan: Plan, options: RunOptions) {
    this.session = session;
    this.plan = plan;
    this.options = options;
  }

  async record(): Promise<MigrationRecord> {
    const record = await this.session.journal.migration(this.plan.migration);
    assert(record !== null);
    return record;
  }

  async stepStates(): Promise<Map<string, StepState>> {
    const steps = await this.session.journal.steps(this.plan.migration);
    assert.deepEqual(
      steps.map(({ id }) => id),
      this.plan.steps.map(({ id }) => id),
      "the journal's steps are those of its plan",
    );
    return new Map(steps.map(({ id, state }) => [id, state]));
  }

  /** Changes the migration's state; a no-op when it is there already. */
  async enter(to: MigrationState, waitingFor: string | null = null): Promise<void> {
    const { state } = await this.record();
    if (state === to) return;
    this.options.crash("state:before-change");
    await this.session.fenced(async () => {
      await this.session.journal.changeState(this.plan.migration, state, to, waitingFor);
      await this.session.journal.appendEvent(this.plan.migration, this.options.by, "state changed", {
        from: state,
        to,
      });
    });
    this.session.emit({ type: "state.changed", from: state, to });
    this.options.crash("state:after-change");
  }

  /** Brings the step to `done` from any other state. */
  async run(step: Step): Promise<void> {
    const { journal } = this.session;
    this.session.checkpoint();
    const startedAt = Date.now();
    const bound = bindContext(this.session, this.#contextOptions(step, "run"));
    let state = (await this.stepStates()).get(step.id) ?? "pending";
    if (state === "done") return;
    this.current = step;
    if (state === "undoing") {
      await this.undo(step);
      state = "undone";
    }
    if (state === "running" && (await this.#isThereAlready(step, bound))) {
      await this.#record(step, "run");
    } else {
      if (!isHalfMade(step, state)) await this.checkDrift();
      await this.session.fenced(
        async () =>
          await journal.changeStep(this.plan.migration, step.id, state, "running", { fence: this.session.lease.fence }),
      );
      this.session.emit({ type: "step.started", step: step.id, phase: step.phase, title: step.title });
      this.options.crash("step:before-run", step.id);
      await kindOf(step).run(step, bound.context);
      if (!bound.isRecorded()) await this.#record(step, "run");
    }
    this.options.crash("step:after-commit", step.id);
    this.session.emit({
      type: "step.finished",
      step: step.id,
      phase: step.phase,
      title: step.title,
      elapsedMs: Date.now() - startedAt,
    });
    this.#finished();
  }

  /** Brings the step to `undone` from any other state but `pending`. */
  async undo(step: Step): Promise<void> {
    const { journal } = this.session;
    this.session.checkpoint();
    const startedAt = Date.now();
    const state = (await this.stepStates()).get(step.id) ?? "pending";
    if (state === "pending" || state === "undone") return;
    this.current = step;
    if (state !== "undoing" && state !== "done" && leavesNothing(step)) {
      await this.session.fenced(async () => {
        await journal.changeStep(this.plan.migration, step.id, state, "undoing", { fence: this.session.lease.fence });
        await journal.changeStep(this.plan.migration, step.id, "undoing", "undone");
      });
    } else {
      if (state !== "undoing") {
        await this.session.fenced(
          async () =>
            await journal.changeStep(this.plan.migration, step.id, state, "undoing", {
              fence: this.session.lease.fence,
            }),
        );
      }
      this.options.crash("undo:before-run", step.id);
      const bound = bindContext(this.session, this.#contextOptions(step, "undo"));
      await kindOf(step).undo(step, bound.context);
      if (!bound.isRecorded()) await this.#record(step, "undo");
      this.options.crash("undo:after-commit", step.id);
    }
    this.session.emit({
      type: "step.undone",
      step: step.id,
      phase: step.phase,
      title: step.title,
      elapsedMs: Date.now() - startedAt,
    });
    this.#finished();
  }

  /** What a run that was killed between effect and record brought about is recorded now. */
  async settle(step: Step): Promise<void> {
    const state = (await this.stepStates()).get(step.id);
    if (state !== "running") return;
    const bound = bindContext(this.session, this.#contextOptions(step, "run"));
    if (await this.#isThereAlready(step, bound)) await this.#record(step, "run");
  }

  async checkDrift(): Promise<void> {
    const { acceptDrift = false, by } = this.options;
    await checkDrift(this.session, this.plan, { isAccepted: acceptDrift, by });
  }

  /** Keeps the error where `status` finds it. A refusal before anything was begun is only an answer. */
  async noteFailure(failure: MigrationError, stored: StoredError, by: string): Promise<void> {
    const { journal, lease } = this.session;
    if (failure.code === "lease-lost" || this.session.connection.lost) return;
    const state = this.current === null ? undefined : (await this.stepStates()).get(this.current.id);
    await this.session.fenced(async () => {
      await journal.appendEvent(this.plan.migration, by, failure.code === "interrupted" ? "interrupted" : "failed", {
        code: failure.code,
        happened: failure.happened,
        step: this.current?.id ?? null,
      });
      if (failure.code === "interrupted") {
        await journal.noteWaiting(this.plan.migration, null);
        return;
      }
      if (state === "running" && this.current !== null) {
        await journal.changeStep(this.plan.migration, this.current.id, "running", "failed", {
          fence: lease.fence,
          error: stored,
        });
      }
      if (failure.outcome !== "unchanged" || this.isUnderWay) await journal.noteError(this.plan.migration, stored);
    });
  }

  async #isThereAlready(step: Step, { context }: BoundContext): Promise<boolean> {
    const presence = await kindOf(step).probe(step, context);
    if (presence === "unknown") {
      throw new MigrationError("outcome-unknown", {
        happened: `Step ${step.id} (${step.title}) was running when its runner ended, and the database does not show whether it took effect.`,
        safeNext: [`shoofly status ${this.plan.migration}`],
      });
    }
    return presence === "present";
  }

  async #record(step: Step, direction: "run" | "undo"): Promise<void> {
    const options = this.#contextOptions(step, direction);
    await this.session.fenced(async () => await recordEffect(this.session, options));
  }

  #finished(): void {
    this.progress += 1;
    this.current = null;
  }

  #contextOptions(step: Step, direction: "run" | "undo"): ContextOptions {
    const { options } = this;
    return {
      plan: this.plan,
      step,
      direction,
      by: options.by,
      gate: options.gate ?? "standard",
      gateReason: options.reason ?? null,
      limits: limitsOf(options),
    };
  }
}

/** The record is part of the step's transaction: without the one there is not the other. Checks and gates have no effect at all. */
function leavesNothing(step: Step): boolean {
  return step.kind === "verify" || step.kind === "gate" || (step.kind === "ddl" && step.transaction);
}

/** Its own unfinished statements may be what differs, so the comparison has to wait for the record. */
function isHalfMade(step: Step, state: StepState): boolean {
  return step.kind === "ddl" && !step.transaction && (state === "running" || state === "failed" || state === "undoing");
}
