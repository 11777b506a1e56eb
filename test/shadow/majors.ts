// A server of every supported major version. The packages of test/servers are installed by `npm test`: one that is missing is a failure.
import { join } from "node:path";
import pg from "pg";
import { binariesOfMajor } from "../../src/shadow/binaries.ts";
import { startServer, type Server } from "../../src/shadow/server.ts";

export const majors = [13, 14, 15, 16, 17, 18] as const;

export const packagesDirectory: string = join(import.meta.dirname, "../servers");

/** Starts a throw-away server of this major version. */
export async function startMajor(major: number): Promise<Server> {
  const { binDirectory, reason } = await binariesOfMajor(major, [packagesDirectory]);
  if (binDirectory === null) throw new Error(`${reason}. Run: npm ci --prefix test/servers --ignore-scripts`);
  return await startServer({ binaries: binDirectory });
}

/** The URL of a database of the server. */
export function urlOf(server: Server, database: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs statements in one database of the server. */
export async function execute(server: Server, database: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(server, database) });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
