// Who is in the way of a lock, and which transactions keep an old snapshot: read from the server's own views.
import type { Blocker } from "../../core/event.ts";
import type { Lock } from "../../core/step.ts";
import type { Queryable } from "./introspect.ts";

/** Table-level lock modes, weakest first, by the names people use and those of `pg_locks` (manual §13.3.1 and §54.12). */
const modes = {
  "ACCESS SHARE": "AccessShareLock",
  "ROW SHARE": "RowShareLock",
  "ROW EXCLUSIVE": "RowExclusiveLock",
  "SHARE UPDATE EXCLUSIVE": "ShareUpdateExclusiveLock",
  SHARE: "ShareLock",
  "SHARE ROW EXCLUSIVE": "ShareRowExclusiveLock",
  EXCLUSIVE: "ExclusiveLock",
  "ACCESS EXCLUSIVE": "AccessExclusiveLock",
} as const;
type Mode = keyof typeof modes;

/** Every mode as `pg_locks` calls it → the words people use; weakest first. */
export const lockWords: ReadonlyMap<string, Mode> = new Map(
  Object.entries(modes).map(([words, name]) => [name, words as Mode]),
);

/** Manual §13.3.1, table 13.2 "Conflicting Lock Modes": requested → held modes that make it wait. */
const conflicts: Readonly<Record<Mode, readonly Mode[]>> = {
  "ACCESS SHARE": ["ACCESS EXCLUSIVE"],
  "ROW SHARE": ["EXCLUSIVE", "ACCESS EXCLUSIVE"],
  "ROW EXCLUSIVE": ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"],
  "SHARE UPDATE EXCLUSIVE": ["SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"],
  SHARE: ["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"],
  "SHARE ROW EXCLUSIVE": [
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
  ],
  EXCLUSIVE: [
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
  ],
  "ACCESS EXCLUSIVE": Object.keys(modes) as Mode[],
};

/** A blocker with what the engine needs to decide; `virtualTransaction` tells one transaction from the next of the same session. */
export interface LockHolder extends Blocker {
  readonly virtualTransaction: string;
  /** An autovacuum that gives way to a waiting lock request after `deadlock_timeout`. */
  readonly isYielding: boolean;
  /** `gid` of a prepared transaction: nobody's session, ended by ROLLBACK PREPARED or COMMIT PREPARED only. */
  readonly prepared: string | null;
}

/** Transactions other than our own that hold a lock which conflicts with one of `locks`, oldest first, at most 20. */
export async function findLockHolders(
  connection: Queryable,
  locks: readonly Lock[],
  ownName: string,
): Promise<LockHolder[]> {
  const pairs = locks.flatMap((lock) =>
    (conflicts[lock.mode as Mode] ?? []).map((mode) => [lock.relation, modes[mode]] as const),
  );
  if (pairs.length === 0) return [];
  return (await connection.query(lockHoldersSql, [
    pairs.map(([relation]) => relation),
    pairs.map(([, mode]) => mode),
    ownName,
  ])) as unknown as LockHolder[];
}

/**
 * A prepared transaction appears in pg_locks without a pid and with its xid behind `-1/` (manual §54.12, §54.17).
 * Times of other roles' transactions are NULL without the rights of pg_read_all_stats; their age then counts from when we first saw them.
 */
const lockHoldersSql = `
  select coalesce(l.pid, 0) as pid, coalesce(a.usename, p.owner)::text as "user",
    coalesce(case when p.gid is not null then 'prepared transaction ' || p.gid end, a.application_name, '') as application,
    pg_catalog.host(a.client_addr) as client, a.state,
    coalesce(extract(epoch from clock_timestamp() - coalesce(a.xact_start, p.prepared)) * 1000, 0)::float8 as "ageMs",
    left(coalesce(a.query, ''), 200) as query, w.relation, min(l.mode) as mode,
    l.virtualtransaction as "virtualTransaction", p.gid::text as prepared,
    coalesce(a.backend_type = 'autovacuum worker' and a.query not like '%to prevent wraparound%', false) as "isYielding"
  from pg_catalog.pg_locks l
  join pg_catalog.pg_class c on c.oid = l.relation
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join unnest($1::text[], $2::text[]) w (relation, mode) on w.relation = n.nspname || '.' || c.relname and w.mode = l.mode
  left join pg_catalog.pg_stat_activity a on a.pid = l.pid
  left join pg_catalog.pg_prepared_xacts p on l.pid is null and p.transaction::text = split_part(l.virtualtransaction, '/', 2)
  where l.locktype = 'relation' and l.granted and l.pid is distinct from pg_catalog.pg_backend_pid()
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
    and coalesce(a.application_name, '') not like $3 || '%'
  group by l.pid, a.usename, p.owner, p.gid, a.application_name, a.client_addr, a.state, a.xact_start, p.prepared, a.query,
    w.relation, l.virtualtransaction, a.backend_type
  order by "ageMs" desc limit 20`;

/** A transaction of this database whose snapshot or id is older than a given transaction id. */
export interface OldTransaction {
  /** 0 for a prepared transaction. */
  readonly pid: number;
  readonly user: string | null;
  readonly application: string;
  readonly ageMs: number;
  readonly query: string;
}

/** A moment in the life of the server, to which snapshots can be compared. */
export interface Moment {
  /** bigint text, as of pg_current_xact_id. */
  readonly xid: string;
  readonly at: string;
}

export async function takeMoment(connection: Queryable): Promise<Moment> {
  const [moment] = await connection.query<Moment & Record<string, unknown>>(
    "select pg_catalog.pg_current_xact_id()::text as xid, clock_timestamp()::text as at",
  );
  if (moment === undefined) throw new Error("the server gave no transaction id");
  return moment;
}

/**
 * Sessions and prepared transactions that may still see what was there before the moment. Backends report 32-bit ids; both sides
 * are compared as ages, which survives wraparound. The age alone is not enough: a fresh snapshot inherits the oldest transaction
 * of the whole server, other databases included, so a transaction that began after the moment is let through by its time.
 */
export async function findOldTransactions(
  connection: Queryable,
  moment: Moment,
  ownName: string,
): Promise<OldTransaction[]> {
  return await connection.query<OldTransaction & Record<string, unknown>>(oldTransactionsSql, [
    moment.xid,
    moment.at,
    ownName,
  ]);
}

const oldTransactionsSql = `
  with edge as (select pg_catalog.age(mod($1::numeric, 4294967296)::bigint::text::xid) as age)
  select a.pid, a.usename::text as "user", a.application_name as application, left(a.query, 200) as query,
    coalesce(extract(epoch from clock_timestamp() - a.xact_start) * 1000, 0)::float8 as "ageMs"
  from pg_catalog.pg_stat_activity a, edge
  where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_catalog.pg_backend_pid()
    and a.application_name not like $3 || '%'
    and (a.xact_start is null or a.xact_start <= $2::timestamptz)
    and greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) > edge.age
  union all
  select 0, p.owner::text, 'prepared transaction ' || p.gid, '',
    coalesce(extract(epoch from clock_timestamp() - p.prepared) * 1000, 0)::float8
  from pg_catalog.pg_prepared_xacts p, edge
  where p.database = current_database() and pg_catalog.age(p.transaction) > edge.age
  order by "ageMs" desc limit 20`;
