// pgbouncer in transaction mode in front of a test database, as many applications have it. It ends with the test process.
import { spawn } from "node:child_process";
import { chown, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { reachableTemporaryDirectory, serverAccount } from "../../src/shadow/account.ts";
import { findFreePort } from "../../src/shadow/port.ts";
import { waitUntil } from "./wait-until.ts";

const executable = "/usr/sbin/pgbouncer";

/** Use `test.skipIf(isPgbouncerSkipped)`: the set-up counts it as skipped. */
export const isPgbouncerSkipped: boolean = inject("skippedServers").includes("pgbouncer");

export interface Pgbouncer extends AsyncDisposable {
  /** The same database and user as the URL it was started for, through the pooler. */
  readonly url: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

export interface PgbouncerOptions {
  readonly mode?: "transaction" | "session" | "statement";
  /** Roles that may connect besides the one of the URL. */
  readonly roles?: readonly string[];
}

// The pipe on standard input closes when the test process ends, however it ends.
const supervisor = `
directory=$1; shift
trap : INT HUP TERM
"$@" </dev/null >/dev/null 2>&1 & pooler=$!
cat >/dev/null
kill -TERM "$pooler"; wait "$pooler"
rm -rf "$directory"
`;

/** Starts a pooler in front of the database of the URL. */
export async function startPgbouncer(databaseUrl: string, options: PgbouncerOptions = {}): Promise<Pgbouncer> {
  const target = new URL(databaseUrl);
  const port = await findFreePort();
  const directory = await mkdtemp(join(reachableTemporaryDirectory(), "shoofly-pgbouncer-"));
  const logFile = join(directory, "pgbouncer.log");
  const users = [target.username, ...(options.roles ?? [])].map((role) => `"${role}" ""\n`);
  await writeFile(join(directory, "users.txt"), users.join(""));
  await writeFile(
    join(directory, "pgbouncer.ini"),
    configuration({ target, port, directory, mode: options.mode ?? "transaction" }),
  );
  const account = serverAccount(); // pgbouncer refuses to run as root, too
  if (account !== null) await chown(directory, account.uid, account.gid);

  const command = [executable, join(directory, "pgbouncer.ini")];
  const child = spawn("/bin/sh", ["-c", supervisor, "supervisor", directory, ...command], {
    ...account,
    cwd: directory,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const closed = once(child, "close");
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await closed;
  };
  const pooled = new URL(databaseUrl);
  pooled.port = String(port);
  await waitUntil(() => answers(pooled.href), 10_000, "pgbouncer answers").catch(async (cause: unknown) => {
    const log = await readFile(logFile, "utf8").catch(() => "(no log)");
    await stop();
    throw new Error(`pgbouncer did not start. Its log:\n${log}`, { cause });
  });
  return { url: pooled.href, logFile, stop, [Symbol.asyncDispose]: stop };
}

interface Configuration {
  readonly target: URL;
  readonly port: number;
  readonly directory: string;
  readonly mode: string;
}

function configuration({ target, port, directory, mode }: Configuration): string {
  return `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
pool_mode = ${mode}
auth_type = trust
auth_file = ${directory}/users.txt
logfile = ${directory}/pgbouncer.log
ignore_startup_parameters = extra_float_digits
`;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, ssl: false, connectionTimeoutMillis: 1_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
