// The one error class and the one table of error codes: what happened, what the database looks like now, what to type next.

/** The question at 3 a.m.: nothing happened; run again; or look before you act. */
export type Outcome = "unchanged" | "resumable" | "unknown";

export type ErrorCode =
  | "usage"
  | "confirmation-missing"
  | "file-not-found"
  | "file-name"
  | "syntax-error"
  | "file-load-failed"
  | "unknown-directive"
  | "expression-invalid"
  | "lossy-down"
  | "change-refused"
  | "connection-failed"
  | "privilege-missing"
  | "server-unsupported"
  | "read-only-server"
  | "pooler-in-between"
  | "journal-missing"
  | "journal-newer"
  | "baseline-missing"
  | "checksum-mismatch"
  | "applied-file-missing"
  | "out-of-order"
  | "plan-stale"
  | "wrong-state"
  | "migration-active"
  | "gate-closed"
  | "data-would-be-lost"
  | "runner-active"
  | "lock-timeout"
  | "old-snapshots"
  | "verification-failed"
  | "backfill-failed"
  | "statement-failed"
  | "disk-full"
  | "connection-lost"
  | "lease-lost"
  | "schema-drift"
  | "interrupted"
  | "wait-timeout"
  | "outcome-unknown"
  | "internal-error";

interface CodeEntry {
  readonly outcome: Outcome;
  readonly exitCode: number;
  /** One sentence for the documentation. */
  readonly meaning: string;
}

/** Every code: its usual outcome and exit code (0/2 usage, 4 refused, 6 resumable, 7 unknown, 9 another runner). */
export const errorCodes: Readonly<Record<ErrorCode, CodeEntry>> = {
  usage: { outcome: "unchanged", exitCode: 2, meaning: "The command line or configuration cannot be understood." },
  "confirmation-missing": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "The verb needs its name confirmed and there is no terminal to ask on.",
  },
  "file-not-found": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "No migration file has this name, or more than one has.",
  },
  "file-name": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A migration file name has the wrong form or would make an identifier of over 63 bytes.",
  },
  "syntax-error": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A statement, or a migration file of another form, cannot be parsed.",
  },
  "file-load-failed": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A migration file in TypeScript throws, does not end or exports no migration.",
  },
  "unknown-directive": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A shoofly comment names a directive that does not exist.",
  },
  "expression-invalid": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "An expression names something that is not there, or has the wrong type.",
  },
  "lossy-down": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "Sampled rows do not survive the way there and back: down(up(x)) is not x.",
  },
  "change-refused": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A change cannot be carried out safely, with the reason.",
  },
  "connection-failed": { outcome: "unchanged", exitCode: 2, meaning: "The database cannot be reached with this URL." },
  "privilege-missing": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The role lacks a privilege that the plan needs.",
  },
  "server-unsupported": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The server's version is outside the support table.",
  },
  "read-only-server": { outcome: "unchanged", exitCode: 4, meaning: "The server is a standby or read-only." },
  "pooler-in-between": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A pooler in transaction mode sits between shoofly and the server.",
  },
  "journal-missing": { outcome: "unchanged", exitCode: 4, meaning: "The database has no shoofly journal yet." },
  "journal-newer": { outcome: "unchanged", exitCode: 4, meaning: "The journal was made by a newer shoofly." },
  "baseline-missing": { outcome: "unchanged", exitCode: 4, meaning: "The database is not empty and has no baseline." },
  "checksum-mismatch": { outcome: "unchanged", exitCode: 4, meaning: "An applied migration file was edited." },
  "applied-file-missing": { outcome: "unchanged", exitCode: 4, meaning: "An applied migration file is gone." },
  "out-of-order": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A pending file sorts before one that was already started.",
  },
  "plan-stale": { outcome: "unchanged", exitCode: 4, meaning: "The saved plan does not fit the database any more." },
  "wrong-state": { outcome: "unchanged", exitCode: 4, meaning: "The verb is not possible in the migration's state." },
  "migration-active": { outcome: "unchanged", exitCode: 4, meaning: "Another migration is in the way." },
  "gate-closed": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A gate refused: sessions of the old version, conflicts, or failed checks.",
  },
  "data-would-be-lost": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A rollback would destroy data that has no place in the old shape.",
  },
  "runner-active": { outcome: "unchanged", exitCode: 9, meaning: "Another runner holds the lease." },
  "lock-timeout": { outcome: "resumable", exitCode: 6, meaning: "A lock was not granted within the budget." },
  "old-snapshots": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "A transaction with an old snapshot did not end within the budget.",
  },
  "verification-failed": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "Rows differ between the old and the new shape.",
  },
  "backfill-failed": { outcome: "resumable", exitCode: 6, meaning: "A row cannot be filled." },
  "statement-failed": { outcome: "resumable", exitCode: 6, meaning: "The server refused a statement of the plan." },
  "disk-full": { outcome: "resumable", exitCode: 6, meaning: "The server ran out of disk space." },
  "connection-lost": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "The connection was lost and did not come back in time.",
  },
  "lease-lost": { outcome: "resumable", exitCode: 6, meaning: "Another runner took over." },
  "schema-drift": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "Somebody else changed a touched table in mid-migration.",
  },
  interrupted: {
    outcome: "resumable",
    exitCode: 130,
    meaning: "A signal or an abort stopped the run after a checkpoint.",
  },
  "wait-timeout": { outcome: "unchanged", exitCode: 8, meaning: "The awaited state was not reached in time." },
  "outcome-unknown": {
    outcome: "unknown",
    exitCode: 7,
    meaning: "The connection was lost at commit and the database could not be asked.",
  },
  "internal-error": { outcome: "unknown", exitCode: 1, meaning: "A fault in shoofly itself." },
};

export interface ErrorDetails {
  /** What happened, with names and numbers filled in. */
  readonly happened: string;
  /** The database now. Default: derived from the outcome. */
  readonly databaseNow?: string;
  /** The application now. */
  readonly application?: string;
  /** Commands or SQL to type next. */
  readonly safeNext?: readonly string[];
  readonly doNot?: string;
  readonly sqlstate?: string;
  readonly outcome?: Outcome;
  readonly exitCode?: number;
  /** Further facts for machines, e.g. `blockers`, `file`, `line`, `column`. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A failure that a person can act on. Everything else that is thrown is a fault in shoofly. */
export class MigrationError extends Error {
  readonly code: ErrorCode;
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly happened: string;
  readonly databaseNow: string;
  readonly application: string;
  readonly safeNext: readonly string[];
  readonly doNot: string;
  readonly sqlstate: string | null;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.happened, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "MigrationError";
    this.code = code;
    this.outcome = details.outcome ?? errorCodes[code].outcome;
    this.exitCode = details.exitCode ?? errorCodes[code].exitCode;
    this.happened = details.happened;
    this.databaseNow = details.databaseNow ?? databaseAfter[this.outcome];
    this.application = details.application ?? applicationAfter[this.outcome];
    this.safeNext = details.safeNext ?? [];
    this.doNot = details.doNot ?? doNotAfter[this.outcome];
    this.sqlstate = details.sqlstate ?? null;
    this.details = details.details ?? {};
  }
}

const databaseAfter: Readonly<Record<Outcome, string>> = {
  unchanged: "Unchanged by this call.",
  resumable: "Finished steps are kept, the failed step left nothing behind. The journal knows where to go on.",
  unknown: "Not known: the answer to the last statement did not arrive.",
};

const applicationAfter: Readonly<Record<Outcome, string>> = {
  unchanged: "Unaffected.",
  resumable: "Unaffected: every version that was offered before still works.",
  unknown: "Most likely unaffected; `shoofly status` asks the database.",
};

const doNotAfter: Readonly<Record<Outcome, string>> = {
  unchanged: "Nothing to avoid.",
  resumable: "Do not drop triggers, columns or schemas named shoofly by hand.",
  unknown: "Do not repeat statements by hand before `shoofly status` has looked.",
};
