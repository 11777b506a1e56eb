// Follows a migration that some runner works on, by asking the database; what changes becomes the events of the console.
import { setTimeout as sleep } from "node:timers/promises";
import { MigrationError } from "../core/error.ts";
import type { Emit } from "../core/event.ts";
import { verbOf, type MigrationState } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import type { StatusDocument, StatusEntry } from "../documents/status.ts";
import type { Project } from "./config.ts";
import { findEntry, onlyEntry, readStatus } from "./status.ts";

export interface WatchOptions {
  readonly name: string;
  /** Ends when this state is there; null: when the migration rests. */
  readonly until: MigrationState | null;
  readonly timeoutMs: number;
  readonly emit: Emit;
}

const pollMs = 500;

function runningStep(entry: StatusEntry): StatusEntry["steps"][number] | undefined {
  return entry.steps.find((step) => step.state === "running" || step.state === "undoing");
}

/** The difference between two looks, as events. */
function report(before: StatusEntry | null, now: StatusEntry, emit: Emit): void {
  // The first look reports the state as it is.
  if (before?.state !== now.state) emit({ type: "state.changed", from: before?.state ?? now.state, to: now.state });
  const step = runningStep(now);
  if (step !== undefined && step.id !== (before === null ? undefined : runningStep(before)?.id)) {
    emit({ type: "step.started", step: step.id, phase: step.phase, title: step.title });
  }
  if (now.waitingFor !== (before?.waitingFor ?? null)) {
    if (now.waitingFor === null) emit({ type: "waiting.ended", on: before?.waitingFor ?? "" });
    else if (now.waitingFor !== "you") emit({ type: "waiting.started", on: now.waitingFor });
  }
  if (step !== undefined) emit({ type: "progress.changed", step: step.id, progress: now.progress });
}

function isStopped(entry: StatusEntry): boolean {
  return entry.error !== null && runningStep(entry) === undefined;
}

function isOver(entry: StatusEntry, until: MigrationState | null): boolean {
  if (until !== null) return entry.state === until;
  const isLeft = entry.waitingFor === "runner gone" || entry.waitingFor === "you";
  return verbOf[entry.state] === null || isStopped(entry) || isLeft;
}

/** A failure that no runner works on ends the waiting: nothing will change before a person acts. */
function assertAlive(entry: StatusEntry, until: MigrationState): void {
  if (!isStopped(entry) || entry.error === null) return;
  throw new MigrationError(entry.error.code, {
    ...entry.error,
    happened: `${entry.name} failed before it was ${until}: ${entry.error.happened}`,
    sqlstate: entry.error.sqlstate ?? "",
  });
}

function timedOut(entry: StatusEntry, options: WatchOptions): MigrationError {
  return new MigrationError("wait-timeout", {
    happened: `${entry.name} is ${entry.state} and was not ${options.until ?? "at rest"} within ${options.timeoutMs / 1000} s.`,
    safeNext: [
      `shoofly status ${entry.name} --watch`,
      `shoofly status ${entry.name} --wait-for ${options.until ?? "ready"} --timeout 1h`,
    ],
    details: { state: entry.state, waitingFor: entry.waitingFor },
  });
}

/** @throws MigrationError `wait-timeout`, or the migration's own failure */
export async function watchMigration(
  connection: Connection,
  project: Project,
  options: WatchOptions,
): Promise<StatusDocument> {
  const end = Date.now() + options.timeoutMs;
  let before: StatusEntry | null = null;
  for (;;) {
    const status = await readStatus(connection, project);
    const entry = findEntry(status, project, options.name);
    report(before, entry, options.emit);
    if (isOver(entry, options.until)) return onlyEntry(status, entry);
    if (options.until !== null) assertAlive(entry, options.until);
    if (Date.now() > end) throw timedOut(entry, options);
    before = entry;
    await sleep(Math.min(pollMs, Math.max(1, end - Date.now())));
  }
}
