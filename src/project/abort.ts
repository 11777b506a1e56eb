// Asks the runner of a migration, wherever it runs, to stop after its chunk; the request is a row in the target database.
import { setTimeout as sleep } from "node:timers/promises";
import { MigrationError } from "../core/error.ts";
import { verbOf } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import type { AbortDocument } from "../documents/answers.ts";
import { Journal } from "../engine/journal.ts";
import type { Project } from "./config.ts";
import { currentPerson } from "./reading.ts";
import { findEntry, readStatus, runnerGoneMs } from "./status.ts";

const pollMs = 100;

/** False when the runner ended without an answer, or gives none within the limit. */
async function isAcknowledged(journal: Journal, id: string, name: string): Promise<boolean> {
  const end = Date.now() + runnerGoneMs;
  for (;;) {
    const record = await journal.migration(name);
    const request = await journal.controlRequest(id);
    if (request === null || request.ackedAt !== null) return true;
    const isOver = record === null || verbOf[record.state] === null || record.waitingFor === "runner gone";
    if (isOver || Date.now() > end) return false;
    await sleep(pollMs);
  }
}

/** @throws MigrationError `wrong-state` when nothing is under way */
export async function abortMigration(
  connection: Connection,
  project: Project,
  options: { readonly name: string; readonly reason: string | null },
): Promise<AbortDocument> {
  const journal = await Journal.open(connection);
  const entry = findEntry(await readStatus(connection, project), project, options.name);
  if (verbOf[entry.state] === null) {
    throw new MigrationError("wrong-state", {
      happened: `Migration ${entry.name} is ${entry.state}: nothing is under way that could be stopped.`,
      safeNext: [entry.next ?? "shoofly status"],
      details: { state: entry.state },
    });
  }
  const id = await journal.requestAbort(entry.carriedBy, currentPerson(), options.reason);
  const isGone = entry.waitingFor === "runner gone" || entry.waitingFor === "you" || entry.error !== null;
  const acknowledged = isGone ? false : await isAcknowledged(journal, id, entry.carriedBy);
  const after = await journal.migration(entry.name);
  return { schema: "shoofly.abort/1", migration: entry.carriedBy, acknowledged, state: after?.state ?? entry.state };
}
