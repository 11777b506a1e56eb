// Is there a pooler in transaction mode in between? Session settings and locks would land on other clients' connections.
import { failed, ok, type Check, type Finding, type Patient } from "./contract.ts";
import type { Connection } from "../dialects/postgres/connect.ts";

function between(message: string): Finding {
  return failed({
    message,
    cause: "Leases, timeouts and prepared statements need a session of our own; a pooler in transaction mode hands it to others.",
    remedies: ["--db URL of the server itself (often another port), or of a pool in session mode"],
  });
}

async function backendPid(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ pid: number }>("select pg_catalog.pg_backend_pid() as pid");
  return row?.pid ?? 0;
}

async function marked(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ mark: string | null }>("select pg_catalog.current_setting('shoofly.probe', true) as mark");
  return row?.mark ?? "";
}

/** Two connections that share a backend, a setting that does not stay, or one that shows up on the other connection. */
export async function findPooler(first: Connection, second: Connection): Promise<Finding | null> {
  const pids = [await backendPid(first), await backendPid(second), await backendPid(first)];
  if (pids[0] !== pids[2]) return between("the server process changed between two statements of one connection");
  if (pids[0] === pids[1]) return between("two connections share one server process: a pooler in transaction mode is in between");
  const mark = `probe-${process.pid}-${process.hrtime.bigint()}`;
  await first.query("select pg_catalog.set_config('shoofly.probe', $1, false)", [mark]);
  if ((await marked(second)) === mark) return between("a session setting of one connection shows up on another one");
  if ((await marked(first)) !== mark) return between("a session setting does not stay: a pooler in transaction mode is in between");
  return null;
}

export const pooler: Check = {
  name: "pooler",
  run: async ({ connection, connectAgain }: Patient) => {
    const second = await connectAgain();
    try {
      const found = await findPooler(connection, second);
      return [found ?? ok("the connection goes to the server itself or to a pool in session mode")];
    } finally {
      await second.close();
    }
  },
};
