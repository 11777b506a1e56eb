// A connection for commands that look before they act; what the server refuses becomes a failure with a next step.
import { hostname, userInfo } from "node:os";
import { MigrationError, type ErrorCode } from "../core/error.ts";
import { connect, type Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError, type DatabaseErrorKind } from "../dialects/postgres/database-error.ts";
import type { Project } from "./config.ts";
import { targetName } from "./target.ts";

/** Who is recorded as the author of a change: `alice@laptop`. */
export function currentPerson(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run under a number that no name belongs to.
    return `${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}

const codes: Readonly<Partial<Record<DatabaseErrorKind, ErrorCode>>> = {
  "connection-refused": "connection-failed",
  "connection-lost": "connection-failed",
  privilege: "privilege-missing",
  "read-only": "read-only-server",
};

const remedies: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  "connection-failed": ["check host, port, database, user and password of the URL", "pg_isready -h HOST -p PORT"],
  "privilege-missing": ["shoofly doctor   (names the missing rights and the GRANT for each)"],
  "read-only-server": ["shoofly doctor   (says whether it is a standby or a setting)"],
};

/** Nothing was changed when one of these is thrown: only reading commands and the look before a run use it. */
function readingFailed(error: DatabaseError, url: string): MigrationError {
  const code = codes[error.kind] ?? "statement-failed";
  const sentence = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  const statement = error.statement === null || code === "connection-failed" ? "" : ` Statement: ${error.statement}`;
  return new MigrationError(code, {
    happened: `${targetName(url)}: ${sentence}${statement}`,
    outcome: "unchanged",
    safeNext: remedies[code] ?? ["shoofly doctor"],
    ...(error.sqlstate === null ? {} : { sqlstate: error.sqlstate }),
    cause: error,
  });
}

export interface ReadingOptions {
  /** The server refuses every write of this session. */
  readonly readOnly?: boolean;
}

/** Opens a connection to the project's database for `work`, and closes it whatever happens. */
export async function withConnection<T>(
  project: Project,
  work: (connection: Connection) => Promise<T>,
  options: ReadingOptions = {},
): Promise<T> {
  const url = project.url();
  let connection: Connection | null = null;
  try {
    connection = await connect(url, { applicationName: "shoofly" });
    if (options.readOnly === true) await connection.query("set default_transaction_read_only = on");
    return await work(connection);
  } catch (error) {
    throw error instanceof DatabaseError ? readingFailed(error, url) : error;
  } finally {
    await connection?.close();
  }
}
