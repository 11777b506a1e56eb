// What the journal of the database says, read at once: migrations, accepted deviations, and whether a runner is alive.
import type { MigrationRecord } from "../core/record.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { leaseLockCondition } from "../engine/journal-records.ts";
import { Journal } from "../engine/journal.ts";
import type { Acceptance } from "../files/history.ts";

export interface JournalFacts {
  readonly journal: Journal;
  readonly migrations: readonly MigrationRecord[];
  readonly accepted: readonly Acceptance[];
  /** Age of the heartbeat of the runner that holds the lease; null when nobody does. */
  readonly heartbeatAgeMs: number | null;
  /** `host-7, process 4711`: who runs, or ran last. */
  readonly runner: string | null;
}

/** The audit entry by which `doctor --accept` settles a deviation of a file. */
export const acceptedEvent = "deviation accepted";

interface LeaseRow {
  readonly held: boolean;
  readonly age_ms: number | null;
  readonly runner: string | null;
}

const leaseSql = `
  select exists (select from pg_catalog.pg_locks l where ${leaseLockCondition}) as held,
    (extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8 as age_ms,
    host || ', process ' || process as runner
  from shoofly.lease`;

async function readAccepted(connection: Connection): Promise<readonly Acceptance[]> {
  return await connection.query<Acceptance & Record<string, unknown>>(
    `select migration as name, detail->>'kind' as kind, detail->>'checksum' as checksum
     from shoofly.events where what = $1 order by id`,
    [acceptedEvent],
  );
}

/** Null without a journal. */
export async function readJournal(connection: Connection): Promise<JournalFacts | null> {
  const journal = await Journal.openIfThere(connection);
  if (journal === null) return null;
  const migrations = await journal.migrations();
  const accepted = await readAccepted(connection);
  const [lease] = await connection.query<LeaseRow & Record<string, unknown>>(leaseSql);
  return {
    journal,
    migrations: migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    accepted,
    heartbeatAgeMs: lease?.held === true ? lease.age_ms : null,
    runner: lease?.runner ?? null,
  };
}
