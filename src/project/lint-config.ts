// The key `lint` of the configuration file.
import { z } from "zod";
import type { Severity } from "../core/finding.ts";

export interface LintConfig {
  /** By rule: its severity, or `off`. Names a rule of style to turn it on. */
  readonly rules?: Readonly<Record<string, Severity | "off">> | undefined;
  /** A table below both counts as small. */
  readonly smallTable?: { readonly rows?: number | undefined; readonly bytes?: number | undefined } | undefined;
  /** Files up to this one are read, but not judged: they have run long ago. */
  readonly startAfter?: string | undefined;
  readonly failOn?: Severity | undefined;
  /** Major version of the server, where no database is given. */
  readonly pg?: number | undefined;
}

const severity = z.enum(["error", "warning", "info"]);

export const lintConfigSchema: z.ZodType<LintConfig> = z.strictObject({
  rules: z.record(z.string(), z.union([severity, z.literal("off")])).optional(),
  smallTable: z
    .strictObject({ rows: z.number().int().nonnegative().optional(), bytes: z.number().int().nonnegative().optional() })
    .optional(),
  startAfter: z.string().min(1).optional(),
  failOn: severity.optional(),
  pg: z.number().int().min(13).max(18).optional(),
});
