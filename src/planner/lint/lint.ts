// SQL files in order → findings. Pure: whatever a database or a statistics file knows is passed in.
import type { RangeVar } from "libpg-query";
import type { Finding, Unanalysed } from "../../core/finding.ts";
import type { Schema } from "../../core/schema.ts";
import type { Catalog } from "../../dialects/postgres/effects/catalog-model.ts";
import { relationOf } from "../../dialects/postgres/effects/catalog-model.ts";
import { loadParser } from "../../dialects/postgres/parse.ts";
import type { Origin } from "../../dialects/postgres/source.ts";
import type { TableSize } from "./duration.ts";
import { findingsOf } from "./findings.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { readFile } from "./read-file.ts";
import type { ReadFile, Trace } from "./read-file.ts";
import type { LintSettings } from "./settings.ts";

export interface LintFile {
  /** As shown to people. */
  readonly file: string;
  readonly text: string;
  /** Of SQL that was rendered from another form: where its parts come from. */
  readonly origins?: readonly Origin[];
  /** False: it is only read for what it makes of the schema, and what it makes counts as being there. */
  readonly isJudged: boolean;
}

export interface LintInput {
  /** In the order in which they run. */
  readonly files: readonly LintFile[];
  /** The database before the first file. */
  readonly catalog: Catalog;
  /** The same as introspected; null without a database. */
  readonly schema: Schema | null;
  /** By `schema.table`. */
  readonly sizes: ReadonlyMap<string, TableSize>;
  readonly major: number;
  readonly settings: LintSettings;
  /** `YYYY-MM-DD`: on which allows expire. */
  readonly today: string;
  /** Observes a statement in a shadow server; null: it cannot, the prediction stands. */
  readonly trace?: Trace;
}

export interface LintResult {
  readonly findings: readonly Finding[];
  readonly unanalysed: readonly Unanalysed[];
}

/** Judges every file that is to be judged. Never throws for what stands in a file. */
export async function lint(input: LintInput): Promise<LintResult> {
  await loadParser();
  const read: ReadFile[] = [];
  const world = new Neighbourhood(input.catalog);
  for (const file of input.files) {
    const one = await readFile(file, world, input);
    if (file.isJudged) read.push(one);
  }
  const end = world.whole();
  const indexesOf = (range: RangeVar | undefined): readonly (readonly string[])[] | null => {
    const relation = relationOf(end, range);
    return relation.isKnown ? relation.indexes.map((index) => index.columns.map((name) => name ?? "")) : null;
  };
  const results = read.map((file) => findingsOf(file, { ...input, indexesOf }));
  return {
    findings: results.flatMap((result) => result.findings),
    unanalysed: results.flatMap((result) => result.unanalysed),
  };
}
