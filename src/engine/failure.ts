// Turns what the database said into an error a person can act on: what happened, which statement, what to type next.
import { MigrationError, type ErrorCode, type ErrorDetails } from "../core/error.ts";
import type { Verb } from "../core/phase.ts";
import type { StoredError } from "../core/record.ts";
import type { Step } from "../core/step.ts";
import { DatabaseError, type DatabaseErrorKind } from "../dialects/postgres/database-error.ts";

/** Where it happened. */
export interface Circumstance {
  readonly migration: string;
  readonly verb: Verb;
  readonly step: Pick<Step, "id" | "title"> | null;
  /** Something of this migration is in the database already, so that "unchanged" would be wrong. */
  readonly isUnderWay: boolean;
}

const codeOf: Readonly<Record<DatabaseErrorKind, ErrorCode>> = {
  "lock-timeout": "lock-timeout",
  deadlock: "lock-timeout",
  serialization: "lock-timeout",
  canceled: "statement-failed",
  "connection-lost": "connection-lost",
  "connection-refused": "connection-failed",
  privilege: "privilege-missing",
  "disk-full": "disk-full",
  "read-only": "read-only-server",
  syntax: "statement-failed",
  "undefined-object": "statement-failed",
  constraint: "statement-failed",
  data: "statement-failed",
  other: "statement-failed",
};

/** Any failure as a MigrationError; what is neither ours nor the database's is a fault in shoofly. */
export function explain(error: unknown, circumstance: Circumstance): MigrationError {
  if (error instanceof MigrationError) return error;
  if (error instanceof DatabaseError) return explainDatabase(error, circumstance);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new MigrationError("internal-error", {
    happened: `A fault in shoofly itself: ${text}`,
    safeNext: [`shoofly status ${circumstance.migration}`],
    cause: error,
  });
}

function explainDatabase(error: DatabaseError, circumstance: Circumstance): MigrationError {
  const code = error.atCommit && error.kind === "connection-lost" ? "outcome-unknown" : lateCode(error, circumstance);
  return new MigrationError(code, {
    happened: sentence(error, circumstance),
    safeNext: nextFor(code, circumstance),
    details: factsOf(error, circumstance),
    cause: error,
    ...sqlstateOf(error),
    ...(circumstance.isUnderWay && code !== "outcome-unknown" ? { outcome: "resumable" as const, exitCode: 6 } : {}),
  });
}

/** `connection-failed` says that nothing was touched; in mid-run it is a connection that did not come back. */
function lateCode(error: DatabaseError, { isUnderWay }: Circumstance): ErrorCode {
  const code = codeOf[error.kind];
  return code === "connection-failed" && isUnderWay ? "connection-lost" : code;
}

function sentence(error: DatabaseError, { step }: Circumstance): string {
  const where = step === null ? "" : `Step ${step.id} (${step.title}): `;
  const detail = error.detail === null ? "" : ` ${error.detail}`;
  const hint = error.hint === null ? "" : ` Hint of the server: ${error.hint}`;
  const statement =
    error.statement === null || error.kind.startsWith("connection") ? "" : ` Statement: ${error.statement}`;
  return `${where}${closed(error.message)}${detail}${hint}${statement}`;
}

function closed(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function nextFor(code: ErrorCode, { migration, verb, step }: Circumstance): string[] {
  const again = `shoofly ${verb} ${migration}`;
  const back = verb === "rollback" || verb === "purge" || step === null ? [] : [`shoofly rollback ${migration}`];
  const advice: Partial<Record<ErrorCode, string[]>> = {
    "privilege-missing": ["Grant what the message names, or run as the owner of the tables.", again, ...back],
    "disk-full": ["Free disk space on the server.", again, ...back],
    "outcome-unknown": [`shoofly status ${migration}`],
    "connection-failed": ["Check host, port, database, user and password of the URL.", again],
    "read-only-server": ["Connect to the primary server.", again],
  };
  return advice[code] ?? [again, ...back];
}

function factsOf(error: DatabaseError, { step }: Circumstance): Record<string, unknown> {
  return {
    ...(step === null ? {} : { step: step.id }),
    ...(error.statement === null ? {} : { statement: error.statement }),
    ...(error.position === null ? {} : { position: error.position }),
    ...(error.detail === null ? {} : { detail: error.detail }),
  };
}

/** The SQLSTATE as error details take it: the field is there or it is not. */
export function sqlstateOf(error: DatabaseError): Pick<ErrorDetails, "sqlstate"> {
  return error.sqlstate === null ? {} : { sqlstate: error.sqlstate };
}

/** The failure as the journal keeps it and `--json` prints it. */
export function storedError(error: MigrationError): StoredError {
  return {
    schema: "shoofly.error/1",
    code: error.code,
    outcome: error.outcome,
    happened: error.happened,
    databaseNow: error.databaseNow,
    application: error.application,
    safeNext: error.safeNext,
    doNot: error.doNot,
    sqlstate: error.sqlstate,
    details: error.details,
  };
}
