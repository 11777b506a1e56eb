// What the journal says about one migration, as `status`, `history` and the commands read it.
import type { ErrorCode, Outcome } from "./error.ts";
import type { Progress } from "./event.ts";
import type { Phase } from "./phase.ts";
import type { MigrationState, StepState } from "./state.ts";

/** A failure as it is stored in the journal and printed by `--json` (schema `shoofly.error/1`). */
export interface StoredError {
  readonly schema: "shoofly.error/1";
  readonly code: ErrorCode;
  readonly outcome: Outcome;
  readonly happened: string;
  readonly databaseNow: string;
  readonly application: string;
  readonly safeNext: readonly string[];
  readonly doNot: string;
  readonly sqlstate: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface StepRecord {
  readonly id: string;
  readonly phase: Phase;
  readonly title: string;
  readonly state: StepState;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface MigrationRecord {
  readonly name: string;
  readonly file: string;
  readonly checksum: string;
  readonly targetSchema: string;
  readonly state: MigrationState;
  /** The phase of the step that runs or ran last. */
  readonly phase: Phase | null;
  /** `you`, `lock …`, `old snapshot …`, `connection`, `runner gone` …; null while it works or rests for good. */
  readonly waitingFor: string | null;
  readonly versions: { readonly old: string; readonly new: string | null };
  readonly error: StoredError | null;
  readonly progress: Progress | null;
  readonly quarantined: number;
  /** Rows in the conflict ledger plus rows that the last verification found different. */
  readonly mismatched: number;
  /** The migration whose plan carries this file, when several files were started together; else its own name. */
  readonly carriedBy: string;
  readonly tables: readonly string[];
  readonly startedAt: string | null;
  readonly changedAt: string;
  readonly startedBy: string | null;
  /** WAL position before the first step. */
  readonly position: string | null;
  readonly steps: readonly StepRecord[];
}
