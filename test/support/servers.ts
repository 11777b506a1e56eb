// Global set-up of the database tests: PostgreSQL 18 from the optional package and Debian's PostgreSQL 15, each thrown away at the end.
import { existsSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { type Server, startServer } from "../../src/shadow/server.ts";

/** What a test knows of a server. */
export interface TestServer {
  readonly name: "postgres-18" | "postgres-15";
  readonly version: number;
  readonly url: string;
  /** Where psql, pg_dump and the like are; the optional package has only the server itself. */
  readonly binDirectory?: string;
}

declare module "vitest" {
  interface ProvidedContext {
    servers: TestServer[];
    skippedServers: string[];
  }
}

const debianBinaries = "/usr/lib/postgresql/15/bin";
const debianFiles = [`${debianBinaries}/postgres`, `${debianBinaries}/pg_dump`, "/usr/sbin/pgbouncer"];
const running: Server[] = [];

export async function setup(project: TestProject): Promise<void> {
  const isDebianSkipped = process.env["SHOOFLY_SKIP_PG15"] === "1";
  const missing = debianFiles.filter((file) => !existsSync(file));
  if (!isDebianSkipped && missing.length > 0) {
    throw new Error(
      `The database tests need Debian's PostgreSQL 15 and pgbouncer; missing: ${missing.join(", ")}. Install them with ` +
        "`bash scripts/install-servers.sh` as root, or set SHOOFLY_SKIP_PG15=1 to test on PostgreSQL 18 only.",
    );
  }
  try {
    const servers: TestServer[] = [await start("postgres-18", "embedded")];
    if (!isDebianSkipped)
      servers.push({ ...(await start("postgres-15", debianBinaries)), binDirectory: debianBinaries });
    project.provide("servers", servers);
    project.provide("skippedServers", isDebianSkipped ? ["postgres-15", "pgbouncer"] : []);
  } catch (error) {
    await teardown();
    throw error;
  }
}

export async function teardown(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.stop()));
}

async function start(name: TestServer["name"], binaries: string): Promise<TestServer> {
  const server = await startServer({ binaries });
  running.push(server);
  return { name, version: server.version, url: server.url };
}
