// `history` and `show`: what the journal remembers, for people and programs.
import { MigrationError } from "../core/error.ts";
import type { HistoryDocument, HistoryEntry, ShowDocument } from "../documents/history.ts";
import { Journal } from "../engine/journal.ts";
import type { Project } from "./config.ts";
import { withConnection } from "./reading.ts";
import { findEntry, readStatus } from "./status.ts";

/** The journal gives out no more at once. */
export const historyEntriesMax = 1_000;

/**
 * The audit log, oldest first.
 * @param name a migration, or a unique part of its name; empty for all
 * @param limit how many of the latest entries
 * @throws MigrationError `journal-missing`, `file-not-found`
 */
export async function readHistory(project: Project, name: string, limit: number): Promise<HistoryDocument> {
  return await withConnection(
    project,
    async (connection) => {
      const journal = await Journal.open(connection);
      const carrier = name === "" ? null : findEntry(await readStatus(connection, project), project, name).carriedBy;
      return { schema: "shoofly.history/1", entries: (await journal.events(carrier)).slice(-limit).map(entryOf) };
    },
    { readOnly: true },
  );
}

/** One migration in full: where it is, its plan, and everything that happened to it. */
export async function showMigration(project: Project, name: string): Promise<ShowDocument> {
  return await withConnection(
    project,
    async (connection) => {
      const entry = findEntry(await readStatus(connection, project), project, name);
      const journal = await Journal.openIfThere(connection);
      if (journal === null)
        throw new MigrationError("journal-missing", {
          happened: `${entry.name} was never started: this database has no shoofly journal yet.`,
          safeNext: ["shoofly init", `shoofly plan ${entry.name}`],
        });
      return {
        schema: "shoofly.show/1",
        migration: entry,
        plan: await journal.plan(entry.name),
        entries: (await journal.events(entry.carriedBy)).map(entryOf),
      };
    },
    { readOnly: true },
  );
}

function entryOf({ at, migration, by, what, detail }: HistoryEntry): HistoryEntry {
  return { at: new Date(at).toISOString(), migration, by, what, detail };
}
