// What the server or the network said, translated once: SQLSTATE and errno become kinds, so that nobody else compares codes.

export type DatabaseErrorKind =
  | "lock-timeout"
  | "deadlock"
  | "canceled"
  | "serialization"
  | "connection-lost"
  | "connection-refused"
  | "privilege"
  | "disk-full"
  | "read-only"
  | "syntax"
  | "undefined-object"
  | "constraint"
  | "data"
  | "other";

/** A failed statement. The message is the server's own; it never holds the password of the URL. */
export class DatabaseError extends Error {
  readonly kind: DatabaseErrorKind;
  readonly sqlstate: string | null;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Character position in the statement, from 1. */
  readonly position: number | null;
  /** The statement, one line, at most 200 characters. */
  readonly statement: string | null;
  /** The connection broke while COMMIT was under way: it may or may not have taken effect. */
  readonly atCommit: boolean;

  constructor(message: string, facts: DatabaseErrorFacts) {
    super(message);
    this.name = "DatabaseError";
    this.kind = facts.kind;
    this.sqlstate = facts.sqlstate ?? null;
    this.detail = facts.detail ?? null;
    this.hint = facts.hint ?? null;
    this.position = facts.position ?? null;
    this.statement = facts.statement ?? null;
    this.atCommit = facts.atCommit ?? false;
  }
}

interface DatabaseErrorFacts {
  readonly kind: DatabaseErrorKind;
  readonly sqlstate?: string | null;
  readonly detail?: string | null;
  readonly hint?: string | null;
  readonly position?: number | null;
  readonly statement?: string | null;
  readonly atCommit?: boolean;
}

/** SQLSTATE (manual, appendix A) → kind. The first two digits stand for a whole class. */
const kindBySqlstate: Readonly<Record<string, DatabaseErrorKind>> = {
  "55P03": "lock-timeout",
  "40P01": "deadlock",
  "57014": "canceled",
  "40001": "serialization",
  "08": "connection-lost",
  "57P01": "connection-lost",
  "57P02": "connection-lost",
  "57P03": "connection-lost",
  "57P04": "connection-lost",
  "57P05": "connection-lost",
  "25P03": "connection-lost",
  "25P04": "connection-lost",
  "53300": "connection-refused",
  "42501": "privilege",
  "53100": "disk-full",
  "25006": "read-only",
  "42601": "syntax",
  "42P01": "undefined-object",
  "42703": "undefined-object",
  "42883": "undefined-object",
  "42704": "undefined-object",
  "3F000": "undefined-object",
  "23": "constraint",
  "22": "data",
};

const networkErrors: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
]);

/** What the driver throws: the server's fields, or those of a socket error. */
interface DriverError {
  readonly message?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
}

export interface Circumstances {
  readonly statement?: string;
  /** The connection is gone, whatever the driver's words are. */
  readonly lost?: boolean;
  /** The connection was being opened. */
  readonly connecting?: boolean;
  /** Texts that must not appear in any message. */
  readonly secrets?: readonly string[];
}

/** The only place that reads an SQLSTATE or an errno. */
export function translateError(error: unknown, circumstances: Circumstances = {}): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const driver = driverError(error);
  const hide = (text: string): string => hideSecrets(text, circumstances.secrets ?? []);
  const sqlstate = isSqlstate(driver.code) ? driver.code : null;
  return new DatabaseError(hide(describe(driver)), {
    kind: kindOf(driver, sqlstate, circumstances),
    sqlstate,
    detail: driver.detail === undefined ? null : hide(driver.detail),
    hint: driver.hint ?? null,
    position: driver.position === undefined ? null : Number(driver.position),
    statement: circumstances.statement === undefined ? null : excerpt(circumstances.statement),
    atCommit: /^\s*commit\b/i.test(circumstances.statement ?? ""),
  });
}

/** One line of at most 200 characters. */
export function excerpt(statement: string): string {
  const line = statement.slice(0, 2_000).replaceAll(/\s+/g, " ").trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}

function kindOf(driver: DriverError, sqlstate: string | null, circumstances: Circumstances): DatabaseErrorKind {
  if (circumstances.connecting === true) return "connection-refused";
  if (sqlstate !== null) {
    return (
      kindBySqlstate[sqlstate] ??
      kindBySqlstate[sqlstate.slice(0, 2)] ??
      (circumstances.lost ? "connection-lost" : "other")
    );
  }
  if (circumstances.lost === true || networkErrors.has(driver.code ?? "")) return "connection-lost";
  return "other";
}

/** Node reports an unreachable host with several addresses as an AggregateError without a message. */
function driverError(error: unknown): DriverError {
  if (error instanceof AggregateError && error.errors.length > 0) return driverError(error.errors[0]);
  return typeof error === "object" && error !== null ? (error as DriverError) : { message: String(error) };
}

function describe(driver: DriverError): string {
  return driver.message !== undefined && driver.message !== "" ? driver.message : (driver.code ?? "unknown error");
}

function isSqlstate(code: string | undefined): code is string {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !networkErrors.has(code);
}

function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((hidden, secret) => (secret === "" ? hidden : hidden.replaceAll(secret, "***")), text);
}
