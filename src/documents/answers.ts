// The small documents: what `init`, `new`, `abort`, `latest`, `doctor` and `demo` print with `--json`.
import { z } from "zod";
import { migrationStates, type MigrationState } from "../core/state.ts";
import { count, text, texts } from "./contract.ts";

export interface InitDocument {
  readonly schema: "shoofly.init/1";
  readonly config: { readonly file: string; readonly created: boolean };
  /** The state schema `shoofly` of the database. */
  readonly journal: "installed" | "present";
  readonly baseline: "recorded" | "present" | "not-needed" | "declined";
  /** Files that count as applied from now on. */
  readonly baselineFiles: readonly string[];
}

export const initDocument: z.ZodType<InitDocument> = z.looseObject({
  schema: z.literal("shoofly.init/1"),
  config: z.looseObject({ file: text, created: z.boolean() }),
  journal: z.enum(["installed", "present"]),
  baseline: z.enum(["recorded", "present", "not-needed", "declined"]),
  baselineFiles: texts,
});

export interface NewDocument {
  readonly schema: "shoofly.new/1";
  readonly name: string;
  readonly file: string;
}

export const newDocument: z.ZodType<NewDocument> = z.looseObject({
  schema: z.literal("shoofly.new/1"),
  name: text,
  file: text,
});

export interface AbortDocument {
  readonly schema: "shoofly.abort/1";
  readonly migration: string;
  /** A runner answered; false when none is there to answer. */
  readonly acknowledged: boolean;
  readonly state: MigrationState;
}

export const abortDocument: z.ZodType<AbortDocument> = z.looseObject({
  schema: z.literal("shoofly.abort/1"),
  migration: text,
  acknowledged: z.boolean(),
  state: z.enum(migrationStates),
});

export interface LatestDocument {
  readonly schema: "shoofly.latest/1";
  /** The schema that clients of the newest offered version use. */
  readonly version: string;
  /** The migration that made it; null when clients use the tables. */
  readonly migration: string | null;
  readonly searchPath: readonly string[];
  /** With `--url`. It is the URL that was given, password included, because a program connects with it. */
  readonly url: string | null;
}

export const latestDocument: z.ZodType<LatestDocument> = z.looseObject({
  schema: z.literal("shoofly.latest/1"),
  version: text,
  migration: z.string().nullable(),
  searchPath: texts,
  url: z.string().nullable(),
});

export interface DoctorFinding {
  /** The slug of the check. */
  readonly check: string;
  readonly level: "ok" | "warning" | "failed";
  readonly message: string;
  /** Why it matters; null when all is well. */
  readonly cause: string | null;
  /** What can be typed: commands, or SQL. */
  readonly remedies: readonly string[];
}

export interface DoctorDocument {
  readonly schema: "shoofly.doctor/1";
  /** Null when the server did not answer. */
  readonly database: { readonly engine: "postgres"; readonly version: string } | null;
  readonly healthy: boolean;
  readonly checks: readonly DoctorFinding[];
}

export const doctorDocument: z.ZodType<DoctorDocument> = z.looseObject({
  schema: z.literal("shoofly.doctor/1"),
  database: z.looseObject({ engine: z.literal("postgres"), version: text }).nullable(),
  healthy: z.boolean(),
  checks: z.array(
    z.looseObject({
      check: text,
      level: z.enum(["ok", "warning", "failed"]),
      message: text,
      cause: z.string().nullable(),
      remedies: texts,
    }),
  ),
});

export interface DemoDocument {
  readonly schema: "shoofly.demo/1";
  readonly rows: number;
  readonly statements: number;
  readonly failedStatements: number;
  readonly slowestWaitMs: number;
  readonly rowsPerSecond: number;
  readonly mismatched: number;
  readonly states: readonly MigrationState[];
}

export const demoDocument: z.ZodType<DemoDocument> = z.looseObject({
  schema: z.literal("shoofly.demo/1"),
  rows: count,
  statements: count,
  failedStatements: count,
  slowestWaitMs: z.number().nonnegative(),
  rowsPerSecond: z.number().nonnegative(),
  mismatched: count,
  states: z.array(z.enum(migrationStates)),
});

export interface CompletionDocument {
  readonly schema: "shoofly.completion/1";
  readonly shell: string;
  readonly script: string;
}

export const completionDocument: z.ZodType<CompletionDocument> = z.looseObject({
  schema: z.literal("shoofly.completion/1"),
  shell: text,
  script: text,
});
