// Throw-away PostgreSQL servers: made from binaries on a free port of the loopback interface, gone when we are gone.
import { appendFile, chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { reachableTemporaryDirectory, serverAccount } from "./account.ts";
import { findBinaries } from "./binaries.ts";
import { findFreePort } from "./port.ts";
import { Supervisor } from "./supervisor.ts";

export interface ServerOptions {
  /** The binaries of the optional npm package (default), or a directory with initdb, pg_ctl and postgres. */
  readonly binaries?: "embedded" | (string & {});
  /** Lines of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether commits reach the disk. Default: no, the data is thrown away. */
  readonly durable?: boolean;
  /** Where the server's own directory is made. Default: the temporary directory. */
  readonly directory?: string;
}

export interface Server extends AsyncDisposable {
  /** `postgres://postgres@127.0.0.1:PORT/postgres`, a superuser without password. */
  readonly url: string;
  readonly port: number;
  /** The major version. */
  readonly version: number;
  readonly logFile: string;
  readonly binDirectory: string;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
  /** Down and up again on the same port and data; `immediate` is what a crash looks like. */
  restart(mode: "fast" | "immediate"): Promise<void>;
}

const startAttempts = 5;
const portInUse = "Address already in use";

/** Starts a server of its own and waits until it answers. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const account = serverAccount();
  const binDirectory = await findBinaries(options.binaries ?? "embedded");
  const directory = await mkdtemp(join(options.directory ?? reachableTemporaryDirectory(), "shoofly-server-"));
  if (account !== null) await chown(directory, account.uid, account.gid);

  // The supervisor comes before the data, so that a kill at any later moment leaves nothing behind.
  const supervisor = new Supervisor(directory, binDirectory, account);
  const logFile = join(directory, "server.log");
  try {
    await createCluster(supervisor, logFile);
    await appendFile(join(directory, "data", "postgresql.conf"), configuration(options));
    const port = await startOnFreePort(supervisor, directory, logFile);
    const version = await askVersion(port, logFile);
    return serverOf({ supervisor, directory, logFile, binDirectory, port, version });
  } catch (error) {
    await supervisor.end();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

interface Parts {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly logFile: string;
  readonly binDirectory: string;
  readonly port: number;
  readonly version: number;
}

function serverOf({ supervisor, directory, logFile, binDirectory, port, version }: Parts): Server {
  const url = urlOf(port);
  let stopping: Promise<void> | undefined;

  const endAndRemove = async (): Promise<void> => {
    const hasEnded = await supervisor.end();
    if (!hasEnded) throw new Error(`The PostgreSQL server in ${directory} did not stop within 30 seconds.`);
    // Where the parent directory is closed to the server's account, the supervisor could only empty its own.
    await rm(directory, { recursive: true, force: true });
  };
  const stop = (): Promise<void> => (stopping ??= endAndRemove());
  const restart = async (mode: "fast" | "immediate"): Promise<void> => {
    const isBack = (await supervisor.command(`stop ${mode}`)) && (await supervisor.command("start"));
    if (!isBack) throw await startError(`did not come back after a restart (${mode})`, logFile);
    await askVersion(port, logFile);
  };
  return { url, port, version, logFile, binDirectory, stop, restart, [Symbol.asyncDispose]: stop };
}

function urlOf(port: number): string {
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

// Older systems have no C.UTF-8; there, text outside ASCII neither sorts nor folds, which throw-away data can bear.
async function createCluster(supervisor: Supervisor, logFile: string): Promise<void> {
  if (await supervisor.command("create C.UTF-8")) return;
  const error = await startError("could not be made by initdb", logFile);
  if (error.message.includes("invalid locale") && (await supervisor.command("create C"))) return;
  throw error;
}

function configuration(options: ServerOptions): string {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "100",
    ...(options.durable === true ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...options.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => settingLine(name, value))
    .join("");
}

function settingLine(name: string, value: string): string {
  return `\n${name} = '${value.replaceAll("'", "''")}'`;
}

async function startOnFreePort(supervisor: Supervisor, directory: string, logFile: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    await appendFile(join(directory, "data", "postgresql.conf"), settingLine("port", String(port)));
    if (await supervisor.command("start")) return port;
    const error = await startError("did not start", logFile);
    if (attempt === startAttempts || !error.message.includes(portInUse)) throw error;
  }
}

async function askVersion(port: number, logFile: string): Promise<number> {
  const client = new pg.Client({ connectionString: urlOf(port), connectionTimeoutMillis: 10_000, ssl: false });
  client.on("error", () => {}); // a query that fails says so itself
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number }>(
      "select current_setting('server_version_num')::int / 10000 as number",
    );
    return rows[0]!.number;
  } catch (cause) {
    throw await startError(`does not answer (${(cause as Error).message})`, logFile);
  } finally {
    await client.end();
  }
}

async function startError(what: string, logFile: string): Promise<Error> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  const tail = log.trim().split("\n").slice(-20).join("\n");
  return new Error(`The throw-away PostgreSQL server ${what}. The end of its log:\n${tail === "" ? "(empty)" : tail}`);
}
