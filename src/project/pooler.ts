// Finds a pooler in transaction mode between us and the server: it hands our session settings and locks to other clients.
import { MigrationError } from "../core/error.ts";
import type { Connection } from "../dialects/postgres/connect.ts";

async function backendPid(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ pid: number }>("select pg_catalog.pg_backend_pid() as pid");
  return row?.pid ?? 0;
}

async function markOn(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ mark: string | null }>(
    "select pg_catalog.current_setting('shoofly.probe', true) as mark",
  );
  return row?.mark ?? "";
}

/** Two connections that share a backend, a setting that does not stay, or one that shows up on the other. Null: none found. */
export async function findPooler(first: Connection, second: Connection): Promise<string | null> {
  const pids = [await backendPid(first), await backendPid(second), await backendPid(first)];
  if (pids[0] !== pids[2]) return "the server process changed between two statements of one connection";
  if (pids[0] === pids[1]) return "two connections share one server process";
  const mark = `probe-${process.pid}-${process.hrtime.bigint()}`;
  await first.query("select pg_catalog.set_config('shoofly.probe', $1, false)", [mark]);
  if ((await markOn(second)) === mark) return "a session setting of one connection shows up on another one";
  if ((await markOn(first)) !== mark) return "a session setting does not stay";
  return null;
}

/** @throws MigrationError `pooler-in-between` */
export async function assertDirect(first: Connection, second: Connection): Promise<void> {
  const sign = await findPooler(first, second);
  if (sign === null) return;
  throw new MigrationError("pooler-in-between", {
    happened: `A pooler in transaction mode sits between shoofly and the server: ${sign}.`,
    safeNext: ["--db URL of the server itself (often another port), or of a pool in session mode", "shoofly doctor"],
  });
}
