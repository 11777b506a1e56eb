// `lint --format json`: what was found, and what could not be judged.
import { z } from "zod";
import type { Finding, Unanalysed } from "../core/finding.ts";
import { count, finding, text } from "./contract.ts";

export interface LintDocument {
  readonly schema: "shoofly.lint/1";
  /** Not empty: exit code 2, whatever the findings are. */
  readonly unanalysed: readonly Unanalysed[];
  readonly findings: readonly Finding[];
}

export const lintDocument: z.ZodType<LintDocument> = z.looseObject({
  schema: z.literal("shoofly.lint/1"),
  unanalysed: z.array(
    z.looseObject({ file: text, line: count, column: count, endLine: count, endColumn: count, reason: text }),
  ),
  findings: z.array(finding),
});
