// What is going on in a database, as one document: the journal, probed against the catalogs, and the files not started yet.
import type { Progress } from "../core/event.ts";
import type { MigrationRecord } from "../core/record.ts";
import { verbOf, type MigrationState } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { readFacts } from "../dialects/postgres/introspect.ts";
import type { StatusDocument, StatusEntry } from "../documents/status.ts";
import { discoverFiles, shownPath } from "../files/discover.ts";
import type { MigrationFile } from "../files/migration-file.ts";
import { resolveName } from "../files/resolve-name.ts";
import type { Project } from "./config.ts";
import { readJournal, type JournalFacts } from "./journal-facts.ts";
import { probe } from "./probe.ts";

/** A heartbeat comes every five seconds. */
export const runnerGoneMs = 15_000;

const noProgress: Progress = {
  ratio: 0,
  rows: 0,
  rowsEstimate: 0,
  rowsPerSecond: 0,
  etaSeconds: null,
  throttledBy: null,
};

const filled: ReadonlySet<MigrationState> = new Set(["ready", "completing", "completed", "purging", "purged"]);

function progressOf(record: MigrationRecord): Progress {
  const progress = record.progress ?? noProgress;
  return filled.has(record.state) ? { ...progress, ratio: 1, rowsPerSecond: 0, etaSeconds: null } : progress;
}

function waitingFor(record: MigrationRecord, heartbeatAgeMs: number | null): string | null {
  const isWorking = verbOf[record.state] !== null;
  if (isWorking && heartbeatAgeMs !== null && heartbeatAgeMs > runnerGoneMs) return "runner gone";
  return record.waitingFor ?? (record.state === "ready" ? "you" : null);
}

const nextVerb: Readonly<Partial<Record<MigrationState, string>>> = {
  pending: "start",
  ready: "complete",
  completed: "purge",
  "rolled-back": "start",
};

/** The command that goes on; null while a runner works and when all is done. */
function nextOf(record: MigrationRecord, waiting: string | null): string | null {
  const isStopped = record.error !== null || waiting === "runner gone" || waiting === "you";
  const verb = nextVerb[record.state] ?? (isStopped ? verbOf[record.state] : null);
  return verb === null ? null : `shoofly ${verb} ${record.carriedBy}`;
}

function entryOf(record: MigrationRecord, facts: JournalFacts, problems: readonly string[]): StatusEntry {
  const waiting = waitingFor(record, facts.heartbeatAgeMs);
  return {
    name: record.name,
    file: record.file,
    state: record.state,
    phase: record.phase,
    waitingFor: waiting,
    versions: record.versions,
    error: record.error,
    progress: progressOf(record),
    quarantined: record.quarantined,
    mismatched: record.mismatched,
    next: nextOf(record, waiting),
    problems,
    carriedBy: record.carriedBy,
    tables: record.tables,
    startedAt: record.startedAt,
    changedAt: record.changedAt,
    startedBy: record.startedBy,
    steps: record.steps,
  };
}

function entryOfFile(file: MigrationFile, project: Project): StatusEntry {
  return {
    name: file.name,
    file: file.file,
    state: "pending",
    phase: null,
    waitingFor: null,
    versions: { old: project.schema, new: project.versions === "direct" ? null : `${project.schema}_${file.name}` },
    error: null,
    progress: noProgress,
    quarantined: 0,
    mismatched: 0,
    next: `shoofly start ${file.name}`,
    problems: [],
    carriedBy: file.name,
    tables: [],
    startedAt: null,
    changedAt: null,
    startedBy: null,
    steps: [],
  };
}

/** Everything the journal knows and every file that is pending, in the order of the names. */
export async function readStatus(connection: Connection, project: Project): Promise<StatusDocument> {
  const server = await readFacts(connection);
  const facts = await readJournal(connection);
  const problems = facts === null ? new Map<string, readonly string[]>() : await probe(facts);
  const known = (facts?.migrations ?? []).map((record) =>
    entryOf(record, facts as JournalFacts, problems.get(record.name) ?? []),
  );
  const names = new Set(known.map((entry) => entry.name));
  const pending = discoverFiles(project.migrations, "skip")
    .filter((file) => !names.has(file.name))
    .map((file) => entryOfFile(file, project));
  return {
    schema: "shoofly.status/1",
    database: { engine: server.engine, version: server.version },
    migrations: [...known, ...pending].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The entry that a typed name means. */
export function findEntry(status: StatusDocument, project: Project, given: string): StatusEntry {
  const name = resolveName(
    status.migrations.map((entry) => entry.name),
    given,
    { place: `the journal and ${shownPath(project.migrations)}`, safeNext: ["shoofly status"] },
  );
  const entry = status.migrations.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new RangeError(`no entry for ${name}`);
  return entry;
}

/** The document of one migration alone. */
export function onlyEntry(status: StatusDocument, entry: StatusEntry): StatusDocument {
  return { ...status, migrations: [entry] };
}
