// From files and database to a plan: history checks, introspection, the pure planner, then every expression tried out.
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import type { MigrationRecord } from "../core/record.ts";
import { verbOf } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { calibrate } from "../dialects/postgres/calibrate.ts";
import { introspect } from "../dialects/postgres/introspect.ts";
import { discoverFiles, shownPath } from "../files/discover.ts";
import { assertHistory, membersFor } from "../files/history.ts";
import { assertNameFits, type MigrationFile } from "../files/migration-file.ts";
import { renderFile } from "../files/render-file.ts";
import { resolveName } from "../files/resolve-name.ts";
import { checkExpressions } from "../planner/check-expressions.ts";
import { withEstimate } from "../planner/estimate.ts";
import { plan } from "../planner/plan.ts";
import type { Project } from "./config.ts";
import { readJournal } from "./journal-facts.ts";
import { offeredVersion } from "./offered-version.ts";
import { tryInShadow } from "./try-in-shadow.ts";

/** The file that a typed name means. */
export function findFile(project: Project, given: string): MigrationFile {
  const files = discoverFiles(project.migrations);
  const name = resolveName(
    files.map((file) => file.name),
    given,
    {
      place: shownPath(project.migrations),
      safeNext: [`shoofly new ${given === "" ? "NAME" : given}`, "shoofly status"],
    },
  );
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) throw new RangeError(`no file for ${name}`);
  return file;
}

/** The verb that takes a migration out of the way of the next one. */
function verbToFinish(record: MigrationRecord): string {
  return record.state === "ready" ? "complete" : (verbOf[record.state] ?? "start");
}

const atRest: ReadonlySet<string> = new Set(["pending", "rolled-back", "completed", "purged"]);

/** One migration at a time: the next is planned on the shape that the last one leaves. */
function assertNoneUnderWay(records: readonly MigrationRecord[]): void {
  const active = records.find((record) => record.carriedBy === record.name && !atRest.has(record.state));
  if (active === undefined) return;
  throw new MigrationError("migration-active", {
    happened: `Migration ${active.name} is ${active.state}; the next one can be planned and started when it is completed or rolled back.`,
    safeNext: [`shoofly ${verbToFinish(active)} ${active.name}`, `shoofly rollback ${active.name}`],
    details: { migration: active.name, state: active.state },
  });
}

/** The plan of a migration that was started is the one that the journal keeps; it is not made again. */
export async function planOf(connection: Connection, project: Project, name: string): Promise<Plan> {
  const facts = await readJournal(connection);
  const record = facts?.migrations.find((candidate) => candidate.name === name);
  const isStarted = record !== undefined && record.state !== "pending" && record.state !== "rolled-back";
  const stored = isStarted ? await facts?.journal.plan(name) : null;
  return stored ?? (await makePlan(connection, project, name));
}

function assertStartable(records: readonly MigrationRecord[], name: string): void {
  const record = records.find((candidate) => candidate.name === name);
  if (record === undefined || record.state === "pending" || record.state === "rolled-back") return;
  throw new MigrationError("wrong-state", {
    happened: `Migration ${name} is ${record.state} already.`,
    safeNext: [`shoofly status ${name}`],
    details: { state: record.state },
  });
}

/**
 * Plans a migration together with every pending one before it. Reads only.
 * @throws MigrationError for edited, missing and out-of-order files, another migration under way, and whatever the planner refuses
 */
export async function makePlan(connection: Connection, project: Project, name: string): Promise<Plan> {
  const files = discoverFiles(project.migrations);
  const facts = await readJournal(connection);
  const records = facts?.migrations ?? [];
  assertHistory(files, records, facts?.accepted ?? []);
  assertStartable(records, name);
  assertNoneUnderWay(records);
  const members = membersFor(files, records, name);
  for (const member of members) assertNameFits(member.name, member.file, project.schema);
  const { version } = await offeredVersion(connection, records, project.schema);
  const model = await introspect(connection, { schema: project.schema, currentVersion: version });
  const rendered = await Promise.all(members.map(renderFile));
  const made = await plan({ versions: project.versions, files: rendered, ...model });
  await checkExpressions(connection, made);
  const tried = await tryInShadow(connection, { project, plan: made, files: rendered, major: model.facts.major });
  return withEstimate(tried, model.schema, await calibrate(connection, model.schema, made.tables));
}
