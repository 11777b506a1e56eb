// The documents that shoofly prints, as zod schemas: `schema/*.json` is generated from them, and a saved plan is read with one.
// Every object may grow: consumers ignore fields they do not know.
import { z } from "zod";
import { errorCodes, type ErrorCode } from "../core/error.ts";
import type { Progress } from "../core/event.ts";
import type { Finding } from "../core/finding.ts";
import { phases } from "../core/phase.ts";
import type { StoredError } from "../core/record.ts";

export const text: z.ZodType<string> = z.string();
export const count: z.ZodType<number> = z.number().int().nonnegative();
export const texts: z.ZodType<string[]> = z.array(z.string());
export const phase: z.ZodType<(typeof phases)[number]> = z.enum(phases);
export const blocks: z.ZodType<Finding["blocks"]> = z.enum(["none", "writes", "reads+writes"]);
export const versions: z.ZodType<{ old: string; new: string | null }> = z.looseObject({
  old: text,
  new: z.string().nullable(),
});

export const errorDocument: z.ZodType<StoredError> = z.looseObject({
  schema: z.literal("shoofly.error/1"),
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  outcome: z.enum(["unchanged", "resumable", "unknown"]),
  happened: text,
  databaseNow: text,
  application: text,
  safeNext: texts,
  doNot: text,
  sqlstate: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

export const progress: z.ZodType<Progress> = z.looseObject({
  ratio: z.number().min(0).max(1),
  rows: count,
  rowsEstimate: count,
  rowsPerSecond: z.number().nonnegative(),
  etaSeconds: z.number().nonnegative().nullable(),
  throttledBy: z.string().nullable(),
});

export const finding: z.ZodType<Finding> = z.looseObject({
  rule: text,
  severity: z.enum(["error", "warning", "info"]),
  file: text,
  line: count,
  column: count,
  endLine: count,
  endColumn: count,
  message: text,
  lock: z.string().nullable(),
  blocks,
  rewrite: z.boolean(),
  scan: z.boolean(),
  heavy: z.boolean(),
  plan: texts,
  suppressed: z.string().nullable(),
});
