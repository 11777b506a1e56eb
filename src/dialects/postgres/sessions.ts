// Which client sessions are there, and which version each declares: by application name, role or database setting, or locks held.
import type { Queryable } from "./introspect.ts";

export interface ClientSession {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string;
  readonly client: string | null;
  /** Why it counts as a client of the old version. */
  readonly why: string | null;
}

interface SessionFacts extends Omit<ClientSession, "why"> {
  /** `search_path` that the role or the database gives to the session, as stored. */
  readonly pathSetting: string | null;
  readonly locksOld: boolean;
}

export interface Versions {
  readonly old: string;
  readonly new: string | null;
  readonly targetSchema: string;
}

/** Client sessions of this database, shoofly's own left out. */
export async function readSessions(connection: Queryable, oldVersion: string): Promise<readonly SessionFacts[]> {
  return (await connection.query(sessionsSql, [oldVersion])) as unknown as SessionFacts[];
}

/**
 * A setting for role and database goes before one for the role, that before one for the database (manual, ALTER ROLE). A session may
 * have set another path since; what it says about itself in its application name goes before the setting.
 */
const sessionsSql = `
  select a.pid, a.usename::text as "user", coalesce(a.application_name, '') as application, pg_catalog.host(a.client_addr) as client,
    (select substr(c.setting, length('search_path=') + 1)
      from pg_catalog.pg_db_role_setting s cross join unnest(s.setconfig) c (setting)
      where s.setdatabase in (0, a.datid) and s.setrole in (0, a.usesysid) and c.setting like 'search_path=%'
      order by s.setrole <> 0 desc, s.setdatabase <> 0 desc limit 1) as "pathSetting",
    exists (select from pg_catalog.pg_locks l join pg_catalog.pg_class k on k.oid = l.relation
      join pg_catalog.pg_namespace n on n.oid = k.relnamespace
      where l.pid = a.pid and l.locktype = 'relation' and l.database = a.datid and n.nspname = $1) as "locksOld"
  from pg_catalog.pg_stat_activity a
  where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_catalog.pg_backend_pid()
    and coalesce(a.application_name, '') not like 'shoofly:%'
  order by a.pid`;

/** Sessions of the old version, and those that declare none. */
export function sortSessions(
  sessions: readonly SessionFacts[],
  versions: Versions,
): { old: readonly ClientSession[]; untagged: readonly ClientSession[] } {
  const old: ClientSession[] = [];
  const untagged: ClientSession[] = [];
  for (const facts of sessions) {
    if (versions.new !== null && declares(facts, versions.new, versions.targetSchema) !== null) continue;
    const why = declares(facts, versions.old, versions.targetSchema) ?? lockReason(facts, versions);
    const { pid, user, application, client } = facts;
    (why === null ? untagged : old).push({ pid, user, application, client, why });
  }
  return { old, untagged };
}

/** How the session declares this version; the migrated schema itself counts only where it is named as `schema=…`. */
function declares({ application, pathSetting }: SessionFacts, version: string, targetSchema: string): string | null {
  const isVersionSchema = version !== targetSchema;
  if (hasWord(application, `schema=${version}`)) return "by its application name";
  if (isVersionSchema && hasWord(application, version)) return "by its application name";
  if (isVersionSchema && pathSetting !== null && firstOfPath(pathSetting) === version)
    return "by the search_path of its role or database";
  return null;
}

function lockReason({ locksOld }: SessionFacts, { old, targetSchema }: Versions): string | null {
  return locksOld && old !== targetSchema ? `in a transaction that uses ${old}` : null;
}

/** The text holds the word, and no letter, digit or underscore goes on with it. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? "";
    const after = text[at + word.length] ?? "";
    if (!/\w/.test(before) && !/\w/.test(after)) return true;
  }
  return false;
}

/** First name of a search_path as the catalog stores it: quoted where needed, folded to lower case otherwise. */
export function firstOfPath(path: string): string | null {
  const [, quoted, bare] = /^\s*(?:"((?:[^"]|"")*)"|([^,\s"]+))/.exec(path) ?? [];
  return quoted === undefined ? (bare?.toLowerCase() ?? null) : quoted.replaceAll('""', '"');
}
