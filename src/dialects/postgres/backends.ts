// Ends server processes that a dead or disconnected runner left behind, and waits until they are really gone.
import { setTimeout as sleep } from "node:timers/promises";
import type { Queryable } from "./introspect.ts";

/** Sessions of this database, other than the asking one, that carry exactly this application name. */
export async function backendsOf(connection: Queryable, applicationName: string): Promise<number[]> {
  const rows = await connection.query<{ pid: number }>(
    `select pid from pg_catalog.pg_stat_activity
     where datname = current_database() and pid <> pg_catalog.pg_backend_pid() and application_name = $1`,
    [applicationName],
  );
  return rows.map((row) => row.pid);
}

/** pg_terminate_backend only sends a signal (manual §9.28.2); what the session still did is settled when it has left the process list. */
export async function endBackends(connection: Queryable, pids: readonly number[], boundMs: number): Promise<void> {
  if (pids.length === 0) return;
  const until = Date.now() + boundMs;
  await connection.query("select pg_catalog.pg_terminate_backend(pid) from unnest($1::int[]) pid", [pids]);
  for (;;) {
    const left = await connection.query("select pid from pg_catalog.pg_stat_activity where pid = any ($1::int[])", [
      pids,
    ]);
    if (left.length === 0) return;
    if (Date.now() > until) throw new Error(`server processes ${pids.join(", ")} do not end`);
    await sleep(20);
  }
}
