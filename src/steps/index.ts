// The step kinds.
import type { Step, StepKindName } from "../core/step.ts";
import { backfill } from "./backfill.ts";
import type { StepKind } from "./contract.ts";
import { ddl } from "./ddl.ts";
import { gate } from "./gate.ts";
import { verify } from "./verify.ts";

const stepKinds: { readonly [K in StepKindName]: StepKind<Extract<Step, { kind: K }>> } = {
  ddl,
  backfill,
  verify,
  gate,
};

/** The kind of a step; the cast holds because each kind is listed under its own name. */
export function kindOf(step: Step): StepKind<Step> {
  return stepKinds[step.kind] as unknown as StepKind<Step>;
}
