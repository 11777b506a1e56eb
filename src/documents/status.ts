// `status --json`, and what `start`, `complete`, `rollback` and `purge` print about their migration.
import { z } from "zod";
import type { Progress } from "../core/event.ts";
import type { Phase } from "../core/phase.ts";
import type { StepRecord, StoredError } from "../core/record.ts";
import { migrationStates, type MigrationState } from "../core/state.ts";
import { count, errorDocument, phase, progress, text, texts, versions } from "./contract.ts";

export interface StatusEntry {
  readonly name: string;
  readonly file: string;
  readonly state: MigrationState;
  readonly phase: Phase | null;
  /** `you`, `runner gone`, `lock …`; null while it works or rests for good. */
  readonly waitingFor: string | null;
  /** `new` is null where the new version is no schema but columns beside the old ones. */
  readonly versions: { readonly old: string; readonly new: string | null };
  readonly error: StoredError | null;
  readonly progress: Progress;
  readonly quarantined: number;
  readonly mismatched: number;
  /** The command to type next; null when nothing is to be done. */
  readonly next: string | null;
  /** Where the database does not look as the journal says. */
  readonly problems: readonly string[];
  readonly carriedBy: string;
  readonly tables: readonly string[];
  readonly startedAt: string | null;
  readonly changedAt: string | null;
  readonly startedBy: string | null;
  readonly steps: readonly StepRecord[];
}

export interface StatusDocument {
  readonly schema: "shoofly.status/1";
  readonly database: { readonly engine: "postgres"; readonly version: string };
  readonly migrations: readonly StatusEntry[];
}

const stepRecord: z.ZodType<StepRecord> = z.looseObject({
  id: text,
  phase,
  title: text,
  state: z.enum(["pending", "running", "failed", "done", "undoing", "undone"]),
  attempts: count,
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});

export const statusEntry: z.ZodType<StatusEntry> = z.looseObject({
  name: text,
  file: text,
  state: z.enum(migrationStates),
  phase: phase.nullable(),
  waitingFor: z.string().nullable(),
  versions,
  error: errorDocument.nullable(),
  progress,
  quarantined: count,
  mismatched: count,
  next: z.string().nullable(),
  problems: texts,
  carriedBy: text,
  tables: texts,
  startedAt: z.string().nullable(),
  changedAt: z.string().nullable(),
  startedBy: z.string().nullable(),
  steps: z.array(stepRecord),
});

export const statusDocument: z.ZodType<StatusDocument> = z.looseObject({
  schema: z.literal("shoofly.status/1"),
  database: z.looseObject({ engine: z.literal("postgres"), version: text }),
  migrations: z.array(statusEntry),
});
