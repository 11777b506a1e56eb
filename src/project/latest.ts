// The version that applications should use now, as a schema name, a search path and a URL.
import type { Connection } from "../dialects/postgres/connect.ts";
import type { LatestDocument } from "../documents/answers.ts";
import type { Project } from "./config.ts";
import { readJournal } from "./journal-facts.ts";
import { offeredVersion } from "./offered-version.ts";
import { versionUrl } from "./target.ts";

/** @param withUrl also the URL; it is the given one, password included, because a program connects with it */
export async function latestVersion(
  connection: Connection,
  project: Project,
  withUrl: boolean,
): Promise<LatestDocument> {
  const facts = await readJournal(connection);
  const { version, migration } = await offeredVersion(connection, facts?.migrations ?? [], project.schema);
  return {
    schema: "shoofly.latest/1",
    version,
    migration,
    searchPath: [...new Set([version, project.schema])],
    url: withUrl ? versionUrl(project.url(), version, project.schema) : null,
  };
}
