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
  | "plan-unproven"
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
  /** What a person does about it, for `explain`; the failure itself says it with real names. */
  readonly remedy: string;
}

/** Every code: its usual outcome and exit code (0/2 usage, 4 refused, 6 resumable, 7 unknown, 9 another runner). */
export const errorCodes: Readonly<Record<ErrorCode, CodeEntry>> = {
  usage: {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "The command line or configuration cannot be understood.",
    remedy: "Read the sentence that came with it, and `shoofly COMMAND --help`.",
  },
  "confirmation-missing": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "The verb needs its name confirmed and there is no terminal to ask on.",
    remedy:
      "Add `--confirm NAME` with the migration's full name; check twice that the target is the database you mean.",
  },
  "file-not-found": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "No migration file has this name, or more than one has.",
    remedy: "`shoofly status` lists every file and migration; type more of the name until it fits one of them.",
  },
  "file-name": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A migration file name has the wrong form or would make an identifier of over 63 bytes.",
    remedy:
      "Rename the file to `YYYYMMDDHHMMSS_short_name.sql`; the version schema is named after it and has to fit into 63 bytes.",
  },
  "syntax-error": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A statement, or a migration file of another form, cannot be parsed.",
    remedy: "Mend the statement at the caret. psql's own commands (a backslash first) are no SQL and cannot be used.",
  },
  "file-load-failed": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A migration file in TypeScript throws, does not end or exports no migration.",
    remedy: "Mend the file: it may only import and build its operations, and its default export is the migration.",
  },
  "unknown-directive": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "A shoofly comment names a directive that does not exist.",
    remedy:
      "Directives are `up down undo strategy as enforce check raw allow description`; each stands in a comment before its statement.",
  },
  "expression-invalid": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "An expression names something that is not there, or has the wrong type.",
    remedy: "`up` and USING see the old columns, `down` sees the new ones. Mend the name or the type at the caret.",
  },
  "lossy-down": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "Sampled rows do not survive the way there and back: down(up(x)) is not x.",
    remedy:
      'Write a `down` that gives the sampled rows back, or accept the loss: `-- shoofly:allow lossy-down reason="…"`.',
  },
  "change-refused": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A change cannot be carried out safely, with the reason.",
    remedy: "The sentence names what is in the way and another way to write the change. Nothing ran.",
  },
  "plan-unproven": {
    outcome: "unchanged",
    exitCode: 4,
    meaning:
      "The plan, tried out in a shadow server, holds a lock too long or does not end where the written SQL ends.",
    remedy:
      "The sentence names the step or the difference. Write the change another way; --shadow off plans without the trial.",
  },
  "connection-failed": {
    outcome: "unchanged",
    exitCode: 2,
    meaning: "The database cannot be reached with this URL.",
    remedy:
      "Check host, port, database, user and password; `pg_isready -h HOST -p PORT` says whether a server answers.",
  },
  "privilege-missing": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The role lacks a privilege that the plan needs.",
    remedy: "`shoofly doctor` names the missing rights and the GRANT for each.",
  },
  "server-unsupported": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The server's version is outside the support table.",
    remedy: "Use a server of a version in the support table.",
  },
  "read-only-server": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The server is a standby or read-only.",
    remedy: "Point the URL at the primary. On a standby nothing can be changed.",
  },
  "pooler-in-between": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A pooler in transaction mode sits between shoofly and the server.",
    remedy:
      "Give shoofly a URL that goes straight to the server, or to a pool in session mode; the application may keep its pooler.",
  },
  "journal-missing": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The database has no shoofly journal yet.",
    remedy: "`shoofly init` makes the journal.",
  },
  "journal-newer": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The journal was made by a newer shoofly.",
    remedy: "Install the shoofly version that made the journal, or a later one.",
  },
  "baseline-missing": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The database is not empty and has no baseline.",
    remedy:
      "`shoofly init` takes the database as it is; `shoofly init --baseline NAME` says which files are in it already.",
  },
  "checksum-mismatch": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "An applied migration file was edited.",
    remedy: 'Put the old text back, or accept the edit: `shoofly doctor --accept NAME --reason "…"`.',
  },
  "applied-file-missing": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "An applied migration file is gone.",
    remedy: 'Put the file back, or accept that it is gone: `shoofly doctor --accept NAME --reason "…"`.',
  },
  "out-of-order": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A pending file sorts before one that was already started.",
    remedy: 'Rename the file so that it sorts last, or accept the order: `shoofly doctor --accept NAME --reason "…"`.',
  },
  "plan-stale": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The saved plan does not fit the database any more.",
    remedy:
      "Make the plan again with `shoofly plan NAME` and have it reviewed again; the database or a file has changed since.",
  },
  "wrong-state": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "The verb is not possible in the migration's state.",
    remedy: "`shoofly status NAME` says where the migration is and which verb goes on from there.",
  },
  "migration-active": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "Another migration is in the way.",
    remedy: "Finish or roll back the migration that is named; then this one can go on.",
  },
  "gate-closed": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A gate refused: sessions of the old version, conflicts, or failed checks.",
    remedy: "Let the sessions that are listed go over to the new version, or settle the listed rows; then try again.",
  },
  "data-would-be-lost": {
    outcome: "unchanged",
    exitCode: 4,
    meaning: "A rollback would destroy data that has no place in the old shape.",
    remedy: "Add `--archive` to keep that data in tables `shoofly.archive_…`, or stay with the new version.",
  },
  "runner-active": {
    outcome: "unchanged",
    exitCode: 9,
    meaning: "Another runner holds the lease.",
    remedy: "Wait for the runner that is named, or stop it with `shoofly abort NAME`.",
  },
  "lock-timeout": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "A lock was not granted within the budget.",
    remedy: "Run the same command again when the listed transactions are over, or have their owners end them.",
  },
  "old-snapshots": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "A transaction with an old snapshot did not end within the budget.",
    remedy: "Run the same command again when the listed transactions are over, or have their owners end them.",
  },
  "verification-failed": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "Rows differ between the old and the new shape.",
    remedy:
      "Look at the sampled rows, mend them or the expression that fills them, and run the same command again; `shoofly verify NAME --repair` mends the new shape from the old one.",
  },
  "backfill-failed": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "A row cannot be filled.",
    remedy: "Mend the rows that are listed, or the expression, and run the same command again.",
  },
  "statement-failed": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "The server refused a statement of the plan.",
    remedy: "Mend what the server complains about and run the same command again, or roll back.",
  },
  "disk-full": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "The server ran out of disk space.",
    remedy: "Make room on the server and run the same command again; what was filled is kept.",
  },
  "connection-lost": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "The connection was lost and did not come back in time.",
    remedy: "Run the same command again, from any host.",
  },
  "lease-lost": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "Another runner took over.",
    remedy: "`shoofly status` says who goes on; do nothing while that runner works.",
  },
  "schema-drift": {
    outcome: "resumable",
    exitCode: 6,
    meaning: "Somebody else changed a touched table in mid-migration.",
    remedy: "Undo the change of the other party, or accept it with `--accept-drift`.",
  },
  interrupted: {
    outcome: "resumable",
    exitCode: 130,
    meaning: "A signal or an abort stopped the run after a checkpoint.",
    remedy: "Run the same command again to go on, or roll back.",
  },
  "wait-timeout": {
    outcome: "unchanged",
    exitCode: 8,
    meaning: "The awaited state was not reached in time.",
    remedy: "Ask again with a longer `--timeout`; whatever runs goes on.",
  },
  "outcome-unknown": {
    outcome: "unknown",
    exitCode: 7,
    meaning: "The connection was lost at commit and the database could not be asked.",
    remedy: "`shoofly status` asks the database what is there. Repeat nothing by hand before it has looked.",
  },
  "internal-error": {
    outcome: "unknown",
    exitCode: 1,
    meaning: "A fault in shoofly itself.",
    remedy: "Run the same command again once; if it fails again, report it with the output of `--debug`.",
  },
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

/** What the database is like after a failure, unless the failure knows better. */
export const databaseAfter: Readonly<Record<Outcome, string>> = {
  unchanged: "Unchanged by this call.",
  resumable: "Finished steps are kept, the failed step left nothing behind. The journal knows where to go on.",
  unknown: "Not known: the answer to the last statement did not arrive.",
};

export const applicationAfter: Readonly<Record<Outcome, string>> = {
  unchanged: "Unaffected.",
  resumable: "Unaffected: every version that was offered before still works.",
  unknown: "Most likely unaffected; `shoofly status` asks the database.",
};

const doNotAfter: Readonly<Record<Outcome, string>> = {
  unchanged: "Nothing to avoid.",
  resumable: "Do not drop triggers, columns or schemas named shoofly by hand.",
  unknown: "Do not repeat statements by hand before `shoofly status` has looked.",
};
