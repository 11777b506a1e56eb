// Makes steps with the fields that most of them share, and states the locks of our own statements.
import type { Step, Strategy } from "../../core/step.ts";
import type { Phase } from "../../core/phase.ts";

export { lockOn } from "../../core/effect.ts";

type WithoutId<S> = S extends Step ? Omit<S, "id"> : never;
/** A step before it has its place in the plan. */
export type NewStep = WithoutId<Step>;
export type StepBase = Omit<Extract<Step, { kind: "ddl" }>, "id" | "kind" | "index" | "long">;

/** Fields of a step with the usual values; `parts` overrides them. */
export function stepBase(phase: Phase, strategy: Strategy, title: string, parts: Partial<StepBase>): StepBase {
  const undo = parts.undo ?? [];
  return {
    phase,
    strategy,
    title,
    sql: [],
    transaction: true,
    locks: [],
    rewrite: false,
    scan: false,
    source: "table",
    estimateMs: [1, 50],
    undo,
    undoTransaction: true,
    reversible: true,
    loss: [],
    ...parts,
  };
}

/** A step of metadata-only statements in one transaction. */
export function ddlStep(
  phase: Phase,
  strategy: Strategy,
  title: string,
  parts: Partial<StepBase> & { long?: boolean },
): NewStep {
  const { long = false, ...rest } = parts;
  return { ...stepBase(phase, strategy, title, rest), kind: "ddl", index: null, long };
}
