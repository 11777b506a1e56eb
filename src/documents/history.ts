// `history`, `show` and `verify`: what happened, one migration in full, and a comparison of both shapes.
import { z } from "zod";
import type { Plan } from "../core/plan.ts";
import { migrationStates, type MigrationState } from "../core/state.ts";
import { count, text } from "./contract.ts";
import { planDocument } from "./plan.ts";
import { statusEntry, type StatusEntry } from "./status.ts";

/** One entry of the audit log. */
export interface HistoryEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly migration: string | null;
  /** `alice@laptop` */
  readonly by: string;
  readonly what: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface HistoryDocument {
  readonly schema: "shoofly.history/1";
  readonly entries: readonly HistoryEntry[];
}

const historyEntry: z.ZodType<HistoryEntry> = z.looseObject({
  at: text,
  migration: z.string().nullable(),
  by: text,
  what: text,
  detail: z.record(z.string(), z.unknown()),
});

export const historyDocument: z.ZodType<HistoryDocument> = z.looseObject({
  schema: z.literal("shoofly.history/1"),
  entries: z.array(historyEntry),
});

export interface ShowDocument {
  readonly schema: "shoofly.show/1";
  readonly migration: StatusEntry;
  /** The stored plan; null for a file that was never started. */
  readonly plan: Plan | null;
  readonly entries: readonly HistoryEntry[];
}

export const showDocument: z.ZodType<ShowDocument> = z.looseObject({
  schema: z.literal("shoofly.show/1"),
  migration: statusEntry,
  plan: planDocument.nullable(),
  entries: z.array(historyEntry),
});

export interface VerifyDocument {
  readonly schema: "shoofly.verify/1";
  readonly migration: string;
  readonly state: MigrationState;
  /** Rows compared and rows found wrong, over all checks. */
  readonly rows: number;
  readonly mismatched: number;
  /** `--repair` ran; the numbers are those after it. */
  readonly repaired: boolean;
  readonly checks: readonly {
    readonly title: string;
    readonly rows: number;
    readonly mismatched: number;
    readonly samples: readonly Readonly<Record<string, unknown>>[];
  }[];
}

export const verifyDocument: z.ZodType<VerifyDocument> = z.looseObject({
  schema: z.literal("shoofly.verify/1"),
  migration: text,
  state: z.enum(migrationStates),
  rows: count,
  mismatched: count,
  repaired: z.boolean(),
  checks: z.array(
    z.looseObject({
      title: text,
      rows: count,
      mismatched: count,
      samples: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
});
