// placeholder
import type { Fill } from "../steps/contract.ts";
import type { Plan } from "../core/plan.ts";
import type { Session } from "./session.ts";
export interface FillLimits { readonly chunkBudgetMs: number; readonly workers: number }
export async function runFill(session: Session, fill: Fill & { plan: Plan; limits: FillLimits }): Promise<void> { void session; void fill; await Promise.resolve(); throw new Error("todo"); }
