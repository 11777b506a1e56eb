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
