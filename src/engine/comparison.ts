// Compares the shapes of a migration that rests while traffic goes on, and mends the rows that differ when a person asks for it.
import { strict as assert } from "node:assert";
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import type { Check, VerifyStep } from "../core/step.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { compare, verify } from "../steps/verify.ts";
import { limitsOf, type RunOptions } from "./run-options.ts";
import { Session } from "./session.ts";
import { bindContext } from "./step-context.ts";

export interface Compared {
  readonly title: string;
  readonly rows: number;
  readonly mismatched: number;
  /** Up to 10 rows that differ, as the server prints them. */
  readonly samples: readonly Readonly<Record<string, unknown>>[];
}

/** Each check in a snapshot of its own; reads only. */
export async function compareShapes(connection: Connection, checks: readonly Check[]): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const check of checks) {
    const counts = await compare(check, connection);
    const samples = counts.mismatched === 0 ? [] : await connection.query(check.sampleSql);
    compared.push({ title: check.title, ...counts, samples });
  }
  return compared;
}

export type RepairOptions = Pick<RunOptions, "url" | "emit" | "stop" | "cancel" | "crash" | "by"> & {
  readonly plan: Plan;
  readonly checks: readonly Check[];
};

/**
 * Runs the repair of every check that finds a difference, under the lease: no verb runs meanwhile.
 * @throws MigrationError `runner-active`, `lock-timeout`, or `verification-failed` when rows differ all the same
 */
export async function repairShapes({ plan, checks, ...options }: RepairOptions): Promise<void> {
  const session = await Session.open({ ...options, verb: "verify", migration: plan.migration, reconnectMs: 60_000 });
  try {
    await session.adopt(plan);
    await session.journal.appendEvent(plan.migration, options.by, "repair requested", { checks: checks.length });
    const { context } = bindContext(session, {
      plan,
      step: repairStep(plan, checks),
      direction: "run",
      by: options.by,
      gate: "standard",
      gateReason: null,
      limits: limitsOf({}),
    });
    await verify.run(repairStep(plan, checks), context);
  } catch (error) {
    if (!(error instanceof MigrationError) || error.code !== "verification-failed") throw error;
    throw new MigrationError("verification-failed", {
      happened: error.happened,
      databaseNow: "The state of the migration is unchanged; what could be mended is mended.",
      safeNext: [`shoofly verify ${plan.migration}`, `shoofly rollback ${plan.migration}`],
      details: error.details,
    });
  } finally {
    await session.close();
  }
}

/** The plan's own verification with other checks: what a step needs besides is the same. */
function repairStep(plan: Plan, checks: readonly Check[]): VerifyStep {
  const own = plan.steps.find((step) => step.kind === "verify");
  assert(own !== undefined && own.kind === "verify", "a plan with comparisons has a verification");
  return { ...own, checks };
}
