// The reading calls of the library and of the command line: each opens a connection, looks, and closes it.
import type { Plan } from "../core/plan.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { readFacts } from "../dialects/postgres/introspect.ts";
import type { AbortDocument, LatestDocument } from "../documents/answers.ts";
import type { StatusDocument } from "../documents/status.ts";
import { abortMigration } from "./abort.ts";
import type { Project } from "./config.ts";
import { latestVersion } from "./latest.ts";
import { findFile, planOf } from "./make-plan.ts";
import { withConnection } from "./reading.ts";
import { findEntry, onlyEntry, readStatus } from "./status.ts";

export interface Planned {
  readonly plan: Plan;
  /** `18.4` */
  readonly serverVersion: string;
}

/** Plans a migration and every pending one before it. The server refuses every write of the session. */
export async function planMigration(project: Project, name: string): Promise<Planned> {
  const file = findFile(project, name);
  const work = async (connection: Connection): Promise<Planned> => ({
    plan: await planOf(connection, project, file.name),
    serverVersion: (await readFacts(connection)).version,
  });
  return await withConnection(project, work, { readOnly: true });
}

/** What is going on; one migration alone when a name is given. */
export async function readProjectStatus(project: Project, name?: string): Promise<StatusDocument> {
  return await withConnection(project, async (connection) => {
    const status = await readStatus(connection, project);
    return name === undefined ? status : onlyEntry(status, findEntry(status, project, name));
  });
}

/** The version that applications should use now. */
export async function readLatestVersion(project: Project, withUrl = false): Promise<LatestDocument> {
  const look = async (connection: Connection): Promise<LatestDocument> =>
    await latestVersion(connection, project, withUrl);
  return await withConnection(project, look, { readOnly: true });
}

/** Asks the runner of a migration to stop after its chunk, from any host. */
export async function requestAbort(
  project: Project,
  name: string,
  reason: string | null = null,
): Promise<AbortDocument> {
  return await withConnection(
    project,
    async (connection) => await abortMigration(connection, project, { name, reason }),
  );
}
