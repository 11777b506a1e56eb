// Everything observable, as one stream. Console, JSON, metrics and dashboard are folds over it.
import type { Phase } from "./phase.ts";
import type { MigrationState } from "./state.ts";

/** Who keeps us from a lock. The query text is cut to 200 characters; parameters never appear. */
export interface Blocker {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string;
  readonly client: string | null;
  readonly state: string | null;
  /** Age of the blocker's transaction. */
  readonly ageMs: number;
  readonly query: string;
  readonly relation: string | null;
  readonly mode: string | null;
}

export interface Progress {
  /** 0 … 1, from the key position, never above 1. */
  readonly ratio: number;
  readonly rows: number;
  readonly rowsEstimate: number;
  readonly rowsPerSecond: number;
  readonly etaSeconds: number | null;
  readonly throttledBy: string | null;
}

export type Event =
  | { readonly type: "state.changed"; readonly from: MigrationState; readonly to: MigrationState }
  | { readonly type: "step.started"; readonly step: string; readonly phase: Phase; readonly title: string }
  | {
      readonly type: "step.finished";
      readonly step: string;
      readonly phase: Phase;
      readonly title: string;
      readonly elapsedMs: number;
    }
  | {
      readonly type: "step.undone";
      readonly step: string;
      readonly phase: Phase;
      readonly title: string;
      readonly elapsedMs: number;
    }
  | {
      readonly type: "lock.waited";
      readonly step: string;
      readonly attempt: number;
      readonly blockers: readonly Blocker[];
    }
  | {
      readonly type: "chunk.filled";
      readonly step: string;
      readonly rows: number;
      readonly elapsedMs: number;
      readonly chunkRows: number;
    }
  | { readonly type: "progress.changed"; readonly step: string; readonly progress: Progress }
  | { readonly type: "waiting.started"; readonly on: string }
  | { readonly type: "waiting.ended"; readonly on: string }
  | { readonly type: "connection.lost"; readonly detail: string }
  | { readonly type: "connection.restored" }
  /** What a caller around the engine has to say, e.g. the demo. */
  | { readonly type: "note.made"; readonly message: string }
  | { readonly type: "warning.raised"; readonly message: string }
  | { readonly type: "lease.taken"; readonly fence: number; readonly endedBackends: number };

export type Emit = (event: Event) => void;
