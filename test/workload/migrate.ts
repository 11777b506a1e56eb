// Runs the verbs of a migration on a test database the way the commands do, and stops between steps where a test wants to look.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MigrationError } from "../../src/core/error.ts";
import type { Event } from "../../src/core/event.ts";
import { connect } from "../../src/dialects/postgres/connect.ts";
import { adopt } from "../../src/project/baseline.ts";
import type { Project } from "../../src/project/config.ts";
import { makePlan } from "../../src/project/make-plan.ts";
import { changeMigration, type RunControls, startMigration } from "../../src/project/verbs.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Called when a step was finished or undone, while nothing runs. */
export type BetweenSteps = () => Promise<void>;

export interface Migrator extends Disposable {
  run(verb: "start" | "complete" | "purge", between?: BetweenSteps): Promise<void>;
  rollback(to: "ready" | "rolled-back", between?: BetweenSteps): Promise<void>;
  readonly events: readonly Event[];
}

const stepsMax = 200;

/** Writes the migration file and takes the database as it is. */
export async function migrator(
  url: string,
  migration: Migration,
  versions: Project["versions"] = "views",
): Promise<Migrator> {
  const directory = mkdtempSync(join(tmpdir(), "shoofly-workload-"));
  writeFileSync(join(directory, `${migration.name}.sql`), migration.sql);
  const project: Project = {
    configFile: null,
    migrations: directory,
    schema: "public",
    lockBudgetMs: null,
    versions,
    url: () => url,
  };
  const connection = await connect(url, { applicationName: "test" });
  await adopt(connection, project, { baseline: null, agree: async () => await Promise.resolve(true) });
  // Loads the parser now: later that would stall the clients of the same process, and look like a wait for the database.
  await makePlan(connection, project, migration.name);
  await connection.close();
  const events: Event[] = [];

  const rollback = async (to: "ready" | "rolled-back", controls: RunControls): Promise<unknown> =>
    await changeMigration(
      project,
      { name: migration.name, verb: "rollback", ...(to === "ready" ? { to } : {}) },
      controls,
    );
  const forward = async (verb: "start" | "complete" | "purge", controls: RunControls): Promise<unknown> => {
    if (verb === "start") return await startMigration(project, { name: migration.name }, controls);
    return await changeMigration(project, { name: migration.name, verb }, controls);
  };
  return {
    events,
    run: async (verb, between) => await stepByStep(async (controls) => await forward(verb, controls), events, between),
    rollback: async (to, between) =>
      await stepByStep(async (controls) => await rollback(to, controls), events, between),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Without `between` one run; with it, a run per step, each stopped as by Ctrl-C and then resumed. */
async function stepByStep(
  run: (controls: RunControls) => Promise<unknown>,
  events: Event[],
  between: BetweenSteps | undefined,
): Promise<void> {
  // A resumed `complete` looks at its gates anew: each step is stopped after only once, else the run would never get past them.
  const seen = new Set<string>();
  for (let steps = 0; steps < stepsMax; steps += 1) {
    const stop = new AbortController();
    const emit = (event: Event): void => {
      events.push(event);
      if (between === undefined || (event.type !== "step.finished" && event.type !== "step.undone")) return;
      const end = `${event.type} ${event.step}`;
      if (!seen.has(end)) stop.abort();
      seen.add(end);
    };
    try {
      await run({ emit, stop: stop.signal, cancel: new AbortController().signal });
      return await between?.();
    } catch (error) {
      if (!(error instanceof MigrationError) || error.code !== "interrupted" || !stop.signal.aborted) throw error;
      await between?.();
    }
  }
  throw new Error(`The verb was not done after ${stepsMax} steps.`);
}
