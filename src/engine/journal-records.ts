// Reads migrations with their steps and counts as the commands show them.
import type { MigrationRecord, StepRecord } from "../core/record.ts";

/** "shoofly" in ASCII: the advisory lock that says a runner is at work. Advisory locks are per database (manual §13.3.5). */
export const leaseKey: bigint = 0x73_68_6f_6f_66_6c_79n;

/** The lease's lock in pg_locks: the key's high half as classid, its low half as objid (manual §54.12). */
export const leaseLockCondition: string = `l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.classid::bigint = ${leaseKey >> 32n} and l.objid::bigint = ${leaseKey & 0xffffffffn}
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())`;

export interface MigrationRow {
  readonly name: string;
  readonly file: string;
  readonly checksum: string;
  readonly target_schema: string;
  readonly state: MigrationRecord["state"];
  readonly phase: MigrationRecord["phase"];
  readonly waiting_for: string | null;
  readonly versions: MigrationRecord["versions"];
  readonly error: MigrationRecord["error"];
  readonly progress: MigrationRecord["progress"];
  readonly quarantined: string;
  readonly mismatched: string;
  readonly carried_by: string;
  readonly tables: readonly string[];
  readonly started_at: string | null;
  readonly changed_at: string;
  readonly started_by: string | null;
  readonly position: string | null;
  readonly steps: readonly StepRecord[];
}

/** A verb that is under way without a runner, an error or a person to wait for was killed: `runner gone`. */
export const migrationsSql: string = `
  select m.name, m.file, m.checksum, m.target_schema, m.state, m.phase, m.versions, m.error, m.progress, m.carried_by, m.tables,
    to_json(m.started_at)#>>'{}' as started_at, to_json(m.changed_at)#>>'{}' as changed_at, m.started_by, m.position::text as position,
    case when m.error is null and m.waiting_for is distinct from 'you'
        and m.state in ('expanding', 'backfilling', 'verifying', 'completing', 'purging', 'rolling-back')
        and not exists (select from pg_catalog.pg_locks l where ${leaseLockCondition})
      then 'runner gone' else m.waiting_for end as waiting_for,
    (select count(*) from shoofly.quarantine q where q.migration = m.name) as quarantined,
    m.mismatched + (select count(*) from shoofly.conflicts c where c.migration = m.name) as mismatched,
    (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'phase', s.phase, 'title', s.title, 'state', s.state,
        'attempts', s.attempts, 'startedAt', s.started_at, 'finishedAt', s.finished_at) order by s.ordinal), '[]')
      from shoofly.steps s where s.migration = m.name) as steps
  from shoofly.migrations m
  where $1::text is null or m.name = $1
  order by m.started_at nulls first, m.name`;

export function recordOf(row: MigrationRow): MigrationRecord {
  return {
    name: row.name,
    file: row.file,
    checksum: row.checksum,
    targetSchema: row.target_schema,
    state: row.state,
    phase: row.phase,
    waitingFor: row.waiting_for,
    versions: row.versions,
    error: row.error,
    progress: row.progress,
    quarantined: Number(row.quarantined),
    mismatched: Number(row.mismatched),
    carriedBy: row.carried_by,
    tables: row.tables,
    startedAt: row.started_at,
    changedAt: row.changed_at,
    startedBy: row.started_by,
    position: row.position,
    steps: row.steps,
  };
}
