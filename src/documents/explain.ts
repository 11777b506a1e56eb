// `explain`: one word of shoofly's in full, without a database.
import { z } from "zod";
import { text, texts } from "./contract.ts";

export const subjectKinds = ["error", "operation", "rule", "hazard", "state", "command"] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export interface ExplainDocument {
  readonly schema: "shoofly.explain/1";
  /** The word; null for the list of all words. */
  readonly code: string | null;
  readonly kind: SubjectKind | null;
  /** Markdown; empty for the list. */
  readonly text: string;
  /** Every word that can be explained, when none was given. */
  readonly codes: readonly string[];
}

export const explainDocument: z.ZodType<ExplainDocument> = z.looseObject({
  schema: z.literal("shoofly.explain/1"),
  code: z.string().nullable(),
  kind: z.enum(subjectKinds).nullable(),
  text,
  codes: texts,
});
