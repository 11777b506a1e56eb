// What a statement did, read from the server's own books: locks held, file nodes before and after, scan counters. Knows no
// statement and no prediction; it only compares.
import type { Effect } from "../core/effect.ts";
import type { Lock } from "../core/step.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { lockWords } from "../dialects/postgres/locks.ts";
import { stateSchema } from "../dialects/postgres/names.ts";
import { lockOn } from "../dialects/postgres/step-parts.ts";

/** An effect with the tables behind it, all of them as `schema.table`. */
export interface Observation extends Effect {
  readonly source: "traced";
  /** Existing tables that were gone through. */
  readonly scanned: readonly string[];
  /** Existing tables with new files. */
  readonly rewritten: readonly string[];
  /** Existing tables that an index was built on. */
  readonly indexed: readonly string[];
  /** Existing tables whose readers or writers had to wait while that was done. */
  readonly heavy: readonly string[];
  /** What the server said about it at DEBUG1. */
  readonly messages: readonly string[];
}

/** A relation as it was before the statement. */
export interface KnownRelation {
  readonly oid: number;
  readonly name: string;
  readonly kind: string;
  /** The number of its file; null where there is none. */
  readonly file: string | null;
  /** The table of an index. */
  readonly table: number | null;
}

/** A relation that the statement locked, as it is afterwards; `name` is null when it is gone. */
export interface LockedRelation extends Omit<KnownRelation, "name" | "kind"> {
  readonly name: string | null;
  readonly kind: string | null;
  /** As in pg_locks; empty when it was not seen. */
  readonly mode: string;
  readonly scans: number;
}

export type Known = Map<number, KnownRelation>;

// What initdb made has numbers below 16384 (manual, "System Catalog Declarations"); TOAST tables follow their table; the journal is nobody's.
const ours = `c.oid >= 16384 and n.nspname not in ('pg_toast', '${stateSchema}') and n.nspname not like 'pg\\_temp%' and n.nspname not like 'pg\\_toast\\_temp%'
  and c.relkind in ('r', 'p', 'm', 'v', 'S', 'f', 'i', 'I')`;

const knownSql = `
  select c.oid::int, n.nspname || '.' || c.relname as name, c.relkind::text as kind,
    pg_catalog.pg_relation_filenode(c.oid)::text as file, i.indrelid::int as "table"
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_index i on i.indexrelid = c.oid
  where ${ours}`;

/** Scans that the session has counted but not yet handed over to the server's statistics. */
export const scansSql: string = `
  select c.oid::int, pg_catalog.pg_stat_get_xact_numscans(c.oid)::int as scans from pg_catalog.pg_class c
  where c.oid >= 16384 and c.relkind in ('r', 'p', 'm') and pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0`;

const lockedRelations = `
  from pg_catalog.pg_locks l
  left join pg_catalog.pg_class c on c.oid = l.relation
  left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_index i on i.indexrelid = c.oid
  where l.locktype = 'relation' and l.relation >= 16384
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
    and (c.oid is null or (${ours}))`;

/** Run by the session itself: uncommitted changes are in sight. */
export const ownLocksSql: string = `
  select l.relation::int as oid, n.nspname || '.' || c.relname as name, c.relkind::text as kind, l.mode,
    pg_catalog.pg_relation_filenode(c.oid)::text as file, i.indrelid::int as "table",
    pg_catalog.pg_stat_get_xact_numscans(l.relation)::int as scans
  ${lockedRelations} and l.pid = pg_catalog.pg_backend_pid()`;

/** Run by another session: what is held, or asked for, by the process `$1`. */
export const othersLocksSql: string = `
  select l.relation::int as oid, n.nspname || '.' || c.relname as name, c.relkind::text as kind, l.mode
  ${lockedRelations} and l.pid = $1`;

export async function readKnown(connection: Connection): Promise<Known> {
  const rows = await connection.query<KnownRelation>(knownSql);
  return new Map(rows.map((row) => [row.oid, row]));
}

export interface Readings {
  readonly before: Known;
  /** Per relation, the scans counted before. */
  readonly scansBefore: ReadonlyMap<number, number>;
  readonly after: readonly LockedRelation[];
  readonly messages: readonly string[];
  /** Relations that people can be using; without it, all that were there before. */
  readonly used?: ReadonlySet<number>;
}

/** Everything that changes is locked by who changes it, so the locked relations are all there is to compare. */
export function compare({ before, scansBefore, after, messages, used }: Readings): Observation {
  const rewritten = new Set<string>();
  const indexed = new Set<string>();
  const scanned = new Set<string>();
  for (const now of after) {
    const was = before.get(now.oid);
    if (now.scans > (scansBefore.get(now.oid) ?? 0) && was !== undefined && holdsRows(was)) scanned.add(was.name);
    if (now.file === null || now.file === was?.file) continue;
    if (was !== undefined && holdsRows(was)) rewritten.add(was.name);
    const table = now.table === null ? undefined : before.get(now.table);
    // An index that only got a new name or number keeps its file: nothing was built.
    if (table !== undefined && !isKnownFile(before, now.file)) indexed.add(table.name);
  }
  const locks = strongestLocks(before, after);
  for (const name of [...rewritten, ...indexed, ...tablesIn(messages, locks)]) scanned.add(name);
  const usedNames = new Set([...before.values()].flatMap(({ oid, name }) => (used?.has(oid) === false ? [] : [name])));
  // Nobody writes a materialized view but REFRESH itself: a lock that only blocks writes keeps no client waiting.
  const readOnly = new Set([...before.values()].flatMap(({ kind, name }) => (kind === "m" ? [name] : [])));
  const heavy = locks.filter(
    ({ relation, blocks }) =>
      blocks !== "none" &&
      !(blocks === "writes" && readOnly.has(relation)) &&
      scanned.has(relation) &&
      usedNames.has(relation),
  );
  return {
    locks,
    rewrite: rewritten.size > 0,
    scan: scanned.size > 0,
    source: "traced",
    scanned: [...scanned].toSorted(),
    rewritten: [...rewritten].toSorted(),
    indexed: [...indexed].toSorted(),
    heavy: heavy.map((lock) => lock.relation),
    messages: messages.filter((message) => telling.test(message)),
  };
}

const telling = /rewriting table|verifying table|building index|validating foreign key|sufficient to prove/i;

/** Tables that the server said it goes through; it says so without the schema, so the name has to be one that is locked. */
function tablesIn(messages: readonly string[], locks: readonly Lock[]): string[] {
  return messages.flatMap((message) => {
    const name = /^(?:rewriting|verifying) table "(.*)"$/.exec(message)?.[1];
    const lock = name === undefined ? undefined : locks.find(({ relation }) => relation.endsWith(`.${name}`));
    return lock === undefined ? [] : [lock.relation];
  });
}

function strongestLocks(before: Known, after: readonly Pick<LockedRelation, "oid" | "mode">[]): Lock[] {
  const ranks = [...lockWords.keys()];
  const strongest = new Map<string, number>();
  for (const { oid, mode } of after) {
    const was = before.get(oid);
    if (was === undefined || was.kind === "i" || was.kind === "I" || mode === "") continue;
    strongest.set(was.name, Math.max(strongest.get(was.name) ?? 0, ranks.indexOf(mode)));
  }
  return [...strongest]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([relation, rank]) => {
      const words = lockWords.get(ranks[rank] ?? "");
      return words === undefined ? [] : [lockOn(relation, words)];
    });
}

function holdsRows({ kind }: KnownRelation): boolean {
  return kind === "r" || kind === "p" || kind === "m";
}

function isKnownFile(before: Known, file: string): boolean {
  for (const relation of before.values()) if (relation.file === file) return true;
  return false;
}

/** What was read after a transaction that was committed is what the next one starts from. */
export function remember(known: Known, after: readonly LockedRelation[]): void {
  for (const { oid, name, kind, file, table } of after) {
    if (name === null || kind === null) known.delete(oid);
    else known.set(oid, { oid, name, kind, file, table });
  }
}
