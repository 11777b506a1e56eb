// The demo and its load generator only write to databases on this machine: a demonstration must never become an attack.
import { isIPv4 } from "node:net";
import pg from "pg";
import { MigrationError } from "../core/error.ts";

/** Whether the driver would go to this machine. */
export function isLoopback(url: string): boolean {
  const { host } = new pg.Client({ connectionString: url });
  return host === "::1" || (isIPv4(host) && host.startsWith("127.")) || host === "localhost" || host.startsWith("/");
}

/**
 * Asks the driver where it would go: a URL can name its host in several ways.
 * @throws MigrationError `usage`
 */
export function assertLoopback(url: string): void {
  if (isLoopback(url)) return;
  const { host } = new pg.Client({ connectionString: url });
  throw new MigrationError("usage", {
    happened: `The demo only runs on a server on this machine, not on ${host}.`,
    safeNext: ["shoofly demo", "shoofly demo --db postgres://postgres@127.0.0.1:5432/postgres"],
  });
}
