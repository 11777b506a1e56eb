// Installs and upgrades the journal's own schema, and checks that this shoofly is new enough for it.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { MigrationError } from "../core/error.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import { sqlstateOf } from "./failure.ts";

/** Numbered files, each applied once. Append only: a file that has been released is never edited. */
const versions: readonly string[] = ["0001", "0002", "0003"].map((number) =>
  readFileSync(new URL(`../dialects/postgres/journal/${number}.sql`, import.meta.url), "utf8"),
);

const installLockKey = "0x73686f6f2d6a6e6c"; // "shoo-jnl": another key than the lease's, held for the installing transaction only
const installTries = 100;

/**
 * The version in the database; null without a journal.
 * @throws MigrationError `privilege-missing` when the role may not look
 */
export async function journalVersion(connection: Connection): Promise<number | null> {
  try {
    return await readVersion(connection);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind !== "privilege") throw error;
    throw new MigrationError("privilege-missing", {
      happened: `The role may not read the journal: ${error.message}.`,
      safeNext: [
        "Use the role that made the journal, or as its owner:",
        "GRANT USAGE ON SCHEMA shoofly TO <role>; GRANT SELECT ON ALL TABLES IN SCHEMA shoofly TO <role>;",
      ],
      ...sqlstateOf(error),
      cause: error,
    });
  }
}

async function readVersion(connection: Connection): Promise<number | null> {
  const [found] = await connection.query<{ there: boolean }>("select to_regclass('shoofly.meta') is not null as there");
  if (found?.there !== true) return null;
  const [meta] = await connection.query<{ version: number }>("select version from shoofly.meta");
  return meta?.version ?? 0;
}

/** @throws MigrationError `journal-newer` */
export function checkVersion(version: number): void {
  if (version <= versions.length) return;
  throw new MigrationError("journal-newer", {
    happened: `The journal in this database has version ${version}; this shoofly knows versions up to ${versions.length}.`,
    safeNext: ["Use the shoofly release that made the journal, or a later one."],
  });
}

/** Brings the journal to this release's version. Several processes may call it at once. */
export async function installJournal(connection: Connection): Promise<void> {
  const version = await journalVersion(connection);
  if (version !== null) checkVersion(version);
  if (version === versions.length) return;
  try {
    await underInstallLock(connection, async () => await upgrade(connection));
  } catch (error) {
    await connection.query("rollback").catch(() => undefined);
    throw await explainInstall(connection, error);
  }
}

/** An advisory lock of the transaction, asked for in turns: waiting in line would run into `lock_timeout` (manual §13.3.5). */
async function underInstallLock(connection: Connection, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await connection.query("begin");
    const [answer] = await connection.query<{ locked: boolean }>(
      `select pg_catalog.pg_try_advisory_xact_lock(${BigInt(installLockKey)}) as locked`,
    );
    if (answer?.locked === true) break;
    await connection.query("rollback");
    if (tries === installTries) throw new Error("another process has been installing the journal for ten seconds");
    await sleep(100);
  }
  await work();
  await connection.query("commit");
}

async function upgrade(connection: Connection): Promise<void> {
  const from = (await journalVersion(connection)) ?? 0;
  checkVersion(from);
  for (const [index, sql] of versions.entries()) {
    if (index < from) continue;
    await connection.query(sql);
    await connection.query("update shoofly.meta set version = $1", [index + 1]);
  }
}

async function explainInstall(connection: Connection, error: unknown): Promise<unknown> {
  if (!(error instanceof DatabaseError)) return error;
  if (error.kind === "read-only") return readOnlyServer(error);
  if (error.kind !== "privilege") return error;
  const [who] = await connection.query<{ role: string; database: string }>(
    "select quote_ident(current_user) as role, quote_ident(current_database()) as database",
  );
  return new MigrationError("privilege-missing", {
    happened: `The role ${who?.role} may not make the schema "shoofly" for the journal: ${error.message}.`,
    safeNext: [`GRANT CREATE ON DATABASE ${who?.database} TO ${who?.role};`],
    ...sqlstateOf(error),
    cause: error,
  });
}

function readOnlyServer(error: DatabaseError): MigrationError {
  return new MigrationError("read-only-server", {
    happened: `The server does not accept writes: ${error.message}.`,
    safeNext: ["Connect to the primary server.", "SHOW default_transaction_read_only;"],
    ...sqlstateOf(error),
    cause: error,
  });
}
