// The four verbs that change a database, with everything that is checked before the engine runs.
import { crashFrom, type Crash } from "../core/crash-point.ts";
import { MigrationError } from "../core/error.ts";
import type { Emit } from "../core/event.ts";
import type { Phase } from "../core/phase.ts";
import type { Plan } from "../core/plan.ts";
import { verbOf } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import type { StatusDocument } from "../documents/status.ts";
import { keptBelow } from "../engine/admission.ts";
import { runVerb } from "../engine/run.ts";
import { discoverFiles } from "../files/discover.ts";
import { assertBaseline } from "./baseline.ts";
import type { Project } from "./config.ts";
import { readJournal } from "./journal-facts.ts";
import { readProjectStatus } from "./looks.ts";
import { findFile, makePlan } from "./make-plan.ts";
import { assertDirect } from "./pooler.ts";
import { currentPerson, withConnection } from "./reading.ts";
import { assertFresh, loadPlan } from "./saved-plan.ts";

/** How a run is watched and steered; without any of them it runs silently to its end. */
export interface RunControls {
  readonly emit?: Emit;
  /** Stop at the next checkpoint. */
  readonly stop?: AbortSignal;
  /** Cancel the running statement, too. */
  readonly cancel?: AbortSignal;
}

function steering(controls: RunControls): Required<RunControls> & { readonly crash: Crash; readonly by: string } {
  return {
    emit: controls.emit ?? (() => undefined),
    stop: controls.stop ?? new AbortController().signal,
    cancel: controls.cancel ?? new AbortController().signal,
    crash: crashFrom(process.env["SHOOFLY_CRASH_AT"]),
    by: currentPerson(),
  };
}

export interface StartOptions {
  /** As typed: a name, or a unique part of it. */
  readonly name: string;
  /** A saved plan that has to fit. */
  readonly planFile?: string | undefined;
  readonly until?: Phase | undefined;
  readonly acceptDrift?: boolean | undefined;
  readonly workers?: number | undefined;
  readonly lockBudgetMs?: number | undefined;
}

/** Leaves out what is undefined: the engine has its own defaults. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** A run that is resumed executes its stored plan: an edit of the file in between would silently not happen. */
async function assertResumable(connection: Connection, project: Project, name: string): Promise<void> {
  const facts = await readJournal(connection);
  const record = facts?.migrations.find((candidate) => candidate.name === name);
  if (facts === null || record === undefined || verbOf[record.state] !== "start") return;
  const files = discoverFiles(project.migrations);
  for (const member of facts.migrations.filter((candidate) => candidate.carriedBy === record.carriedBy)) {
    const file = files.find((candidate) => candidate.name === member.name);
    const isAccepted = facts.accepted.some((entry) => entry.name === member.name && entry.checksum === file?.checksum);
    if (file === undefined || file.checksum === member.checksum || isAccepted) continue;
    throw new MigrationError("checksum-mismatch", {
      happened: `${file.file} was edited while its migration is ${record.state}; going on would run the plan of the old text.`,
      safeNext: [
        `shoofly rollback ${record.carriedBy}, then shoofly start ${record.carriedBy}   (runs the new text)`,
        `or put the old text back, then shoofly start ${record.carriedBy}   (goes on)`,
      ],
      details: { file: file.file, migration: member.name },
    });
  }
}

/** What every verb needs of the way to the server, before it takes the lease. */
async function assertWay(connection: Connection, project: Project): Promise<void> {
  await withConnection(project, async (second) => await assertDirect(connection, second));
}

async function planUnderLease(
  connection: Connection,
  project: Project,
  name: string,
  saved: Plan | null,
  planFile: string,
): Promise<Plan> {
  const fresh = await makePlan(connection, project, name);
  if (saved === null) return fresh;
  assertFresh(saved, fresh, planFile);
  return saved;
}

/** Expands, fills and verifies; ends at `ready`. A second call resumes. */
export async function startMigration(
  project: Project,
  options: StartOptions,
  controls: RunControls = {},
): Promise<StatusDocument> {
  const { name } = findFile(project, options.name);
  const saved = options.planFile === undefined ? null : loadPlan(options.planFile, name);
  await withConnection(project, async (connection) => {
    await assertWay(connection, project);
    await assertBaseline(connection, project);
    await assertResumable(connection, project, name);
  });
  await runVerb({
    url: project.url(),
    verb: "start",
    migration: name,
    makePlan: async (connection) => await planUnderLease(connection, project, name, saved, options.planFile ?? ""),
    ...given({
      until: options.until,
      acceptDrift: options.acceptDrift,
      workers: options.workers,
      lockBudgetMs: options.lockBudgetMs ?? project.lockBudgetMs ?? undefined,
    }),
    ...steering(controls),
  });
  return await readProjectStatus(project, name);
}

/** Completed migrations that a purge takes along first: their retired shapes are fed from the one of this migration. */
export async function purgedWith(connection: Connection, name: string): Promise<string[]> {
  const all = (await readJournal(connection))?.migrations ?? [];
  const record = all.find((candidate) => candidate.name === name);
  return record?.state === "completed" ? keptBelow(record, all).map((earlier) => earlier.name) : [];
}

export interface ChangeOptions {
  /** The full name. */
  readonly name: string;
  readonly verb: "complete" | "rollback" | "purge";
  readonly to?: "ready" | undefined;
  readonly archive?: boolean | undefined;
  readonly gate?: "strict" | "none" | undefined;
  readonly reason?: string | undefined;
  readonly acceptDrift?: boolean | undefined;
}

/** Runs a verb on a migration that was started. Whoever calls has had it confirmed. */
export async function changeMigration(
  project: Project,
  options: ChangeOptions,
  controls: RunControls = {},
): Promise<StatusDocument> {
  const { name, verb, ...rest } = options;
  const below = await withConnection(project, async (connection) => {
    await assertWay(connection, project);
    return verb === "purge" ? await purgedWith(connection, name) : [];
  });
  for (const earlier of below) await changeMigration(project, { name: earlier, verb }, controls);
  await runVerb({
    url: project.url(),
    verb,
    migration: name,
    ...given({ ...rest, lockBudgetMs: project.lockBudgetMs ?? undefined }),
    ...steering(controls),
  });
  return await readProjectStatus(project, name);
}
