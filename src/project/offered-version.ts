// Which version of the application's schema is offered now: what the journal says, as far as the database really has it.
import type { MigrationRecord } from "../core/record.ts";
import type { MigrationState } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";

export interface OfferedVersion {
  /** Schema of the newest version that is there; the migrated schema itself when clients use the tables. */
  readonly version: string;
  /** The migration that made it. */
  readonly migration: string | null;
}

const offering: ReadonlySet<MigrationState> = new Set(["ready", "completing", "completed", "purging", "purged"]);

export async function existingSchemas(connection: Connection, names: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await connection.query<{ name: string }>(
    "select nspname::text as name from pg_catalog.pg_namespace where nspname = any ($1::text[])",
    [names],
  );
  return new Set(rows.map((row) => row.name));
}

/** @param records of the journal, in the order of their names */
export async function offeredVersion(
  connection: Connection,
  records: readonly MigrationRecord[],
  schema: string,
): Promise<OfferedVersion> {
  const candidates = records.flatMap((record) => {
    const version = record.versions.new;
    const isOffer = record.targetSchema === schema && offering.has(record.state);
    return isOffer && version !== null && version !== schema ? [{ version, migration: record.carriedBy }] : [];
  });
  const there = await existingSchemas(
    connection,
    candidates.map(({ version }) => version),
  );
  return candidates.findLast(({ version }) => there.has(version)) ?? { version: schema, migration: null };
}
