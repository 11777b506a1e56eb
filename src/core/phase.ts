// The phases of a plan, in the order in which they run, and the verb that runs each.

export const phases = ["expand", "backfill", "verify", "switch", "contract", "purge"] as const;
export type Phase = (typeof phases)[number];

/** The verbs that change a database. `rollback` undoes done steps of any phase, backwards. */
export type Verb = "start" | "complete" | "rollback" | "purge";

/** The phases each forward verb runs. */
export const phasesOf: Readonly<Record<Exclude<Verb, "rollback">, readonly Phase[]>> = {
  start: ["expand", "backfill", "verify"],
  complete: ["switch", "contract"],
  purge: ["purge"],
};
