// A database of its own for every test file, and roles that are gone afterwards.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import type { TestServer } from "./servers.ts";

/** The servers of this run: use `describe.each(servers)("… on $name", (server) => …)`. */
export const servers: readonly TestServer[] = inject("servers");

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** A client that `drop` closes, when the test has not. */
  connect(settings?: pg.ClientConfig): Promise<pg.Client>;
  /** The same database as another role, for `connect`-ing by hand or for a command line. */
  urlAs(role: string): string;
  /** A login role with a unique name, dropped together with the database. */
  createRole(attributes?: string): Promise<string>;
  drop(): Promise<void>;
}

/** An empty database, or a copy of another one nobody is connected to. */
export async function createDatabase(
  server: TestServer,
  options: { readonly template?: string } = {},
): Promise<TestDatabase> {
  const name = uniqueName("test");
  // template0: nobody can have put anything into it, so every database starts the same.
  // Copied as files: on servers that never sync this takes half the time of the default, which writes every page to the WAL.
  await administer(server, [`CREATE DATABASE ${name} TEMPLATE ${options.template ?? "template0"} STRATEGY file_copy`]);
  return databaseOf(server, name);
}

function databaseOf(server: TestServer, name: string): TestDatabase {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const clients: pg.Client[] = [];
  const roles: string[] = [];
  let dropping: Promise<void> | undefined;

  const connect = async (settings: pg.ClientConfig = {}): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url.href, ssl: false, application_name: "test", ...settings });
    // A backend that is killed by a test shows in the next query, not as a fault of the whole file.
    client.on("error", () => {});
    await client.connect();
    clients.push(client);
    return client;
  };
  const urlAs = (role: string): string => {
    const other = new URL(url);
    other.username = role;
    return other.href;
  };
  const createRole = async (attributes = "LOGIN"): Promise<string> => {
    const role = uniqueName("role");
    await administer(server, [`CREATE ROLE ${role} ${attributes}`]);
    roles.push(role);
    return role;
  };
  const dropAll = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
    // Roles go last: what they own and may do lies in the database (and, seldom, in shared objects).
    await administer(server, [
      `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`,
      ...roles.flatMap((role) => [`DROP OWNED BY ${role}`, `DROP ROLE ${role}`]),
    ]);
  };
  const drop = (): Promise<void> => (dropping ??= dropAll());
  return { name, url: url.href, connect, urlAs, createRole, drop, [Symbol.asyncDispose]: drop };
}

async function administer(server: TestServer, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.url, ssl: false });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

// Unique over all files of a run: the servers are shared, and roles belong to the whole server.
function uniqueName(kind: string): string {
  return `${kind}_${randomBytes(6).toString("hex")}`;
}
