// `migrate`: every pending file, one after the other, started and completed; for development, CI and small databases.
import { MigrationError } from "../core/error.ts";
import { verbOf } from "../core/state.ts";
import type { StatusDocument, StatusEntry } from "../documents/status.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import type { Project } from "./config.ts";
import { readProjectStatus } from "./looks.ts";
import { withConnection } from "./reading.ts";
import { findEntry } from "./status.ts";
import { changeMigration, startMigration, type RunControls } from "./verbs.ts";

/**
 * Starts and completes all pending migrations in the order of their names, goes on with one that was interrupted, and purges
 * those that are completed when no other session is there that could still need the old shape.
 * @param to the last migration to take, or a unique part of its name; null for all
 * @throws MigrationError of the verb that failed; everything before it is done
 */
export async function migrateAll(
  project: Project,
  to: string | null,
  controls: RunControls = {},
): Promise<StatusDocument> {
  const before = await readProjectStatus(project);
  const last = to === null ? null : findEntry(before, project, to).name;
  for (const { name, carriedBy } of before.migrations.filter((entry) => last === null || entry.name <= last)) {
    if (carriedBy === name) await bring(project, name, controls);
  }
  return await readProjectStatus(project);
}

async function bring(project: Project, name: string, controls: RunControls): Promise<void> {
  // Each verb leads to a state with another next verb, so this ends; what rests for good has none.
  for (;;) {
    const entry = await entryOf(project, name);
    const verb = nextVerb(entry);
    if (verb === null) return;
    if (verb === "start") await startMigration(project, { name }, controls);
    else if (verb === "complete") await changeMigration(project, { name, verb }, controls);
    else if (await isAlone(project)) await changeMigration(project, { name, verb }, controls);
    else return;
  }
}

async function entryOf(project: Project, name: string): Promise<StatusEntry> {
  return findEntry(await readProjectStatus(project), project, name);
}

function nextVerb(entry: StatusEntry): "start" | "complete" | "purge" | null {
  if (entry.state === "pending" || entry.state === "rolled-back") return "start";
  if (entry.state === "ready") return "complete";
  if (entry.state === "completed") return "purge";
  const underWay = verbOf[entry.state];
  if (underWay !== "rollback") return underWay;
  throw new MigrationError("wrong-state", {
    happened: `Migration ${entry.name} is being rolled back; whether it is to be started again is a decision.`,
    safeNext: [`shoofly rollback ${entry.name}`, "shoofly migrate"],
    details: { state: entry.state },
  });
}

/** No session of anybody else in this database: nobody can still use the old shape. */
async function isAlone(project: Project): Promise<boolean> {
  const count = async (connection: Connection): Promise<boolean> => {
    const [row] = await connection.query<{ others: number }>(
      `select pg_catalog.count(*)::int as others from pg_catalog.pg_stat_activity
       where datname = pg_catalog.current_database() and backend_type = 'client backend' and pid <> pg_catalog.pg_backend_pid()`,
    );
    return row?.others === 0;
  };
  return await withConnection(project, count);
}
