// States of a migration and of a step, and the transitions that exist. The journal repeats each as `where state = <expected>`.
import type { Phase, Verb } from "./phase.ts";

export const migrationStates = [
  "pending",
  "expanding",
  "backfilling",
  "verifying",
  "ready",
  "completing",
  "completed",
  "purging",
  "purged",
  "rolling-back",
  "rolled-back",
] as const;
export type MigrationState = (typeof migrationStates)[number];

/** Each state in a sentence; `pending` is shown as "not started". */
export const stateMeanings: Readonly<Record<MigrationState, string>> = {
  pending: "its file is there, the database is as before",
  expanding: "columns, triggers and indexes of the new shape are being added; the application is unaffected",
  backfilling: "rows of the new shape are being filled; the application is unaffected",
  verifying: "both shapes are being compared; the application is unaffected",
  ready: "both versions are offered; roll the application out, then complete",
  completing: "the new shape is becoming the table's own",
  completed: "the new version is the one; the old shape is kept in sync until purge, so rollback still works",
  purging: "the old shape is being dropped",
  purged: "done for good; the old shape is gone",
  "rolling-back": "the change is being taken back",
  "rolled-back": "everything is as before the start; it can be started again",
};

/** state → the states it may turn into. */
export const migrationTransitions: Readonly<Record<MigrationState, readonly MigrationState[]>> = {
  pending: ["expanding"],
  expanding: ["backfilling", "verifying", "ready", "rolling-back"],
  backfilling: ["verifying", "ready", "rolling-back"],
  verifying: ["ready", "rolling-back"],
  ready: ["completing", "rolling-back"],
  completing: ["completed", "rolling-back"],
  completed: ["purging", "rolling-back"],
  purging: ["purged"],
  purged: [],
  "rolling-back": ["rolled-back", "ready"],
  "rolled-back": ["expanding"],
};

/** The verb that is under way in a state; null where the migration rests. */
export const verbOf: Readonly<Record<MigrationState, Verb | null>> = {
  pending: null,
  expanding: "start",
  backfilling: "start",
  verifying: "start",
  ready: null,
  completing: "complete",
  completed: null,
  purging: "purge",
  purged: null,
  "rolling-back": "rollback",
  "rolled-back": null,
};

/** The state a migration is in while a forward verb runs steps of the phase. */
export const stateDuring: Readonly<Record<Phase, MigrationState>> = {
  expand: "expanding",
  backfill: "backfilling",
  verify: "verifying",
  switch: "completing",
  contract: "completing",
  purge: "purging",
};

export type StepState = "pending" | "running" | "failed" | "done" | "undoing" | "undone";

/** state → the states it may turn into. */
export const stepTransitions: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ["running"],
  running: ["done", "failed", "undoing"],
  failed: ["running", "undoing"],
  done: ["undoing"],
  undoing: ["undone"],
  undone: ["running"],
};
