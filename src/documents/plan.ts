// `plan --json` and the saved plan file. A file that was edited by hand is read with this schema before it runs.
import { z } from "zod";
import type { Plan } from "../core/plan.ts";
import type { Check, Step } from "../core/step.ts";
import { blocks, count, finding, phase, text, texts, versions } from "./contract.ts";

const table = z.looseObject({ schema: text, name: text });

const range = z.tuple([z.number().nonnegative(), z.number().nonnegative()]);

const base = {
  id: text,
  phase,
  strategy: z.enum(["native", "staged", "expand", "rebuild", "raw"]),
  title: text,
  sql: texts,
  transaction: z.boolean(),
  locks: z.array(z.looseObject({ relation: text, mode: text, blocks })),
  rewrite: z.boolean(),
  scan: z.boolean(),
  source: z.enum(["traced", "table"]),
  estimateMs: range,
  undo: texts,
  undoTransaction: z.boolean(),
  reversible: z.boolean(),
  loss: z.array(z.looseObject({ what: text, countSql: text, archiveSql: texts })),
};

const check: z.ZodType<Check> = z.looseObject({
  title: text,
  sql: text,
  sampleSql: text,
  repairSql: z.string().nullable(),
});

const step: z.ZodType<Step> = z.discriminatedUnion("kind", [
  z.looseObject({
    ...base,
    kind: z.literal("ddl"),
    index: z.looseObject({ schema: text, name: text, present: z.boolean() }).nullable(),
    long: z.boolean(),
  }),
  z.looseObject({
    ...base,
    kind: z.literal("backfill"),
    table,
    key: z.looseObject({ columns: z.array(z.looseObject({ name: text, type: text })) }).nullable(),
    mode: z.enum(["fill", "change"]),
    undoTable: table.nullable(),
    rowsEstimate: count,
  }),
  z.looseObject({
    ...base,
    kind: z.literal("verify"),
    checks: z.array(check),
  }),
  z.looseObject({ ...base, kind: z.literal("gate"), gate: z.enum(["old-snapshots", "sessions", "ledger"]) }),
]);

export const planDocument: z.ZodType<Plan> = z.looseObject({
  schema: z.literal("shoofly.plan/1"),
  migration: text,
  members: z.array(z.looseObject({ name: text, file: text, checksum: text, sql: z.exactOptional(text) })),
  targetSchema: text,
  versions,
  searchPath: texts,
  tables: texts,
  fingerprint: z.string().regex(/^sha256:[0-9a-f]+$/),
  preflight: z.array(
    z.looseObject({
      title: text,
      expects: z.enum(["prepare", "empty"]),
      sql: text,
      code: z.enum(["expression-invalid", "lossy-down", "change-refused"]),
      file: text,
      line: count,
      column: count,
      hint: text,
    }),
  ),
  hazards: z.array(finding),
  steps: z.array(step),
  estimate: z.looseObject({ totalMs: range, extraDiskBytes: range, basis: texts }).optional(),
  deployments: z.array(z.looseObject({ before: z.enum(["start", "complete", "purge"]), application: text })).optional(),
  comparisons: z.array(z.looseObject({ state: z.enum(["ready", "completed"]), checks: z.array(check) })).optional(),
});
