// Asks the database whether it looks as the journal says. Only catalogs are read, no table is locked.
import type { MigrationRecord } from "../core/record.ts";
import type { MigrationState } from "../core/state.ts";
import { compareStructure, readStructure } from "../dialects/postgres/structure.ts";
import type { JournalFacts } from "./journal-facts.ts";
import { existingSchemas } from "./offered-version.ts";

/** In these states the new version's schema has to be there. */
const withNewVersion: ReadonlySet<MigrationState> = new Set(["ready", "completed"]);

/** In these states nobody works on the tables, and they have to look as they were left. */
const atRest: ReadonlySet<MigrationState> = new Set(["ready", "completed"]);

/** A failed step left nothing behind, so a migration that stopped with an error is at rest, too. */
function rests(record: MigrationRecord, isRunning: boolean): boolean {
  return atRest.has(record.state) || (!isRunning && record.error !== null);
}

async function missingVersions({ journal, migrations }: JournalFacts): Promise<ReadonlyMap<string, string>> {
  const expected = migrations.flatMap((record) => {
    const version = record.versions.new;
    const isExpected = withNewVersion.has(record.state) && version !== record.targetSchema;
    return isExpected && version !== null ? [{ name: record.name, version }] : [];
  });
  const there = await existingSchemas(
    journal.connection,
    expected.map(({ version }) => version),
  );
  return new Map(
    expected
      .filter(({ version }) => !there.has(version))
      .map(({ name, version }) => [name, `the version schema ${version} is gone: its clients fail`]),
  );
}

async function drift({ journal }: JournalFacts, record: MigrationRecord): Promise<readonly string[]> {
  if (record.tables.length === 0) return [];
  const noted = await journal.structure(record.tables);
  const now = await readStructure(journal.connection, [...noted.keys()]);
  return compareStructure(noted, now, 10).map((difference) => `changed by somebody else: ${difference}`);
}

/** Migration → what does not look as the journal says. */
export async function probe(facts: JournalFacts): Promise<ReadonlyMap<string, readonly string[]>> {
  const missing = await missingVersions(facts);
  const problems = new Map<string, readonly string[]>();
  const isRunning = facts.heartbeatAgeMs !== null;
  for (const record of facts.migrations) {
    const gone = missing.get(record.name);
    const drifted = rests(record, isRunning) ? await drift(facts, record) : [];
    const all = [...(gone === undefined ? [] : [gone]), ...drifted];
    if (all.length > 0) problems.set(record.name, all);
  }
  return problems;
}
