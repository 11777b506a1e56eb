// Tries a whole plan in a shadow: every step in order, observed; beside it the SQL as it was written, to compare the ends.
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import type { BackfillStep, Step } from "../core/step.ts";
import { readCatalog, type Catalog } from "../dialects/postgres/catalog/read.ts";
import { connect } from "../dialects/postgres/connect.ts";
import type { Unproven } from "./load.ts";
import type { Observation } from "./observe.ts";
import type { Shadow } from "./shadow.ts";
import { Tracer } from "./trace.ts";

export interface Trial {
  /** The plan with what was observed in place of what was predicted. */
  readonly plan: Plan;
  readonly unproven: readonly Unproven[];
  /** Why the end could not be compared with that of the written SQL; null when it was, and is equal. */
  readonly uncompared: string | null;
}

/**
 * @param written the author's statements, in order
 * @throws MigrationError `plan-unproven` when a step blocks clients while it scans, or the end differs
 */
export async function tryPlan(
  shadow: Shadow,
  catalog: Catalog,
  plan: Plan,
  written: readonly string[],
): Promise<Trial> {
  const { url, unproven } = await shadow.load(catalog);
  const planUrl = await shadow.copy(url);
  const steps: Step[] = [];
  const tracer = await Tracer.open(planUrl, plan.searchPath);
  try {
    for (const step of plan.steps) {
      const observation = await observeStep(tracer, step).catch((error: unknown) => cannotRun(step, unproven, error));
      if (observation === "unknown")
        return { plan, unproven, uncompared: `step ${step.id} needs what is not in the shadow` };
      if (observation !== null) assertLight(step, observation);
      steps.push(observation === null ? step : annotated(step, observation));
    }
  } finally {
    await tracer.close();
  }
  const traced = { ...plan, steps };
  const failure = await runWritten(url, plan.searchPath, written);
  if (failure !== null)
    return { plan: traced, unproven, uncompared: `the SQL as written does not run on an empty copy: ${failure}` };
  const [end, naive] = await Promise.all([readEnd(planUrl, plan), readEnd(url, plan)]);
  assertSameEnd(plan, end, naive);
  return { plan: traced, unproven, uncompared: null };
}

async function observeStep(tracer: Tracer, step: Step): Promise<Observation | null> {
  if (step.kind === "gate" || step.kind === "verify" || step.sql.length === 0) return null;
  if (step.kind === "backfill") return await tracer.transaction([withoutRows(step)], { keep: true });
  if (step.transaction) return await tracer.transaction(step.sql, { keep: true });
  const observations: Observation[] = [];
  for (const statement of step.sql) observations.push(await tracer.alone(statement));
  return merged(observations);
}

/** There are no rows: bounds that match nothing take the same locks. */
function withoutRows(step: BackfillStep): { sql: string; parameters: readonly null[] } {
  const bounds = 2 * (step.key?.columns.length ?? 1);
  return { sql: step.sql[0] ?? "", parameters: Array.from({ length: bounds }, () => null) };
}

/** Statements that stand alone hold their locks one after the other. */
function merged(observations: readonly Observation[]): Observation | null {
  const [first, ...others] = observations;
  return others.reduce<Observation | null>(
    (all, one) =>
      all === null
        ? one
        : {
            ...all,
            locks: [
              ...all.locks.filter(({ relation }) => !one.locks.some((lock) => lock.relation === relation)),
              ...one.locks,
            ],
            rewrite: all.rewrite || one.rewrite,
            scan: all.scan || one.scan,
            heavy: [...all.heavy, ...one.heavy],
          },
    first ?? null,
  );
}

function annotated(step: Step, { locks, rewrite, scan }: Observation): Step {
  // A fill goes through its table chunk by chunk; without rows that does not show.
  return { ...step, locks, rewrite, scan: scan || (step.kind === "backfill" && step.scan), source: "traced" };
}

function cannotRun(step: Step, unproven: readonly Unproven[], error: unknown): "unknown" {
  if (unproven.length > 0) return "unknown";
  throw new MigrationError("plan-unproven", {
    happened: `Step ${step.id} (${step.title}) does not run in a shadow server that has the same schema: ${(error as Error).message}`,
    safeNext: ["write the change another way", "shoofly plan NAME --shadow off   (plans without the trial)"],
    details: { step: step.id },
    cause: error,
  });
}

/** What the author marked as raw is run as written; everything else has to leave clients alone. */
function assertLight(step: Step, { heavy, locks }: Observation): void {
  if (heavy.length === 0 || step.strategy === "raw") return;
  const [relation] = heavy;
  const mode = locks.find((lock) => lock.relation === relation)?.mode;
  throw new MigrationError("plan-unproven", {
    happened: `Step ${step.id} (${step.title}) would hold ${mode} on ${relation} while that is scanned, rewritten or indexed, as a shadow server shows.`,
    safeNext: ["write the change another way, or mark the statement: -- shoofly:raw"],
    details: { step: step.id, relations: heavy },
  });
}

async function runWritten(
  url: string,
  searchPath: readonly string[],
  written: readonly string[],
): Promise<string | null> {
  const connection = await connect(url, { applicationName: "shoofly:shadow", searchPath });
  try {
    await connection.query("set lock_timeout = 0");
    for (const statement of written) await connection.query(statement);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await connection.close();
  }
}

/** What there is apart from the schemas of versions, which the written SQL knows nothing of. */
async function readEnd(url: string, plan: Plan): Promise<ReadonlySet<string>> {
  const connection = await connect(url, { applicationName: "shoofly:shadow" });
  try {
    const versions = [plan.versions.old, plan.versions.new].filter((name) => name !== plan.targetSchema);
    const isOfVersion = (place: string): boolean =>
      versions.some((name) => place === name || place.startsWith(`${name}.`));
    const { comparable } = await readCatalog(connection);
    return new Set(comparable.filter(({ place }) => !isOfVersion(place)).map(({ sql }) => sql));
  } finally {
    await connection.close();
  }
}

const shownMax = 5;

function assertSameEnd(plan: Plan, end: ReadonlySet<string>, naive: ReadonlySet<string>): void {
  const missing = [...naive].filter((sql) => !end.has(sql));
  const extra = [...end].filter((sql) => !naive.has(sql));
  if (missing.length + extra.length === 0) return;
  const shown = [...missing.map((sql) => `missing: ${sql}`), ...extra.map((sql) => `too much: ${sql}`)];
  throw new MigrationError("plan-unproven", {
    happened: `In a shadow server the plan of ${plan.migration} does not end where the SQL as written ends. ${shown.slice(0, shownMax).join(" | ")}`,
    safeNext: ["write the change another way", "shoofly plan NAME --shadow off   (plans without the trial)"],
    details: { missing, extra },
  });
}
