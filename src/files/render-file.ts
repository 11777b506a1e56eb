// A migration file of any form → the SQL that the planner reads, with the places of the author's file.
import { MigrationError } from "../core/error.ts";
import { renderMigration } from "../define/render-migration.ts";
import type { DataProblem, RenderedMigration } from "../define/render-migration.ts";
import { loadParser } from "../dialects/postgres/parse.ts";
import type { Origin } from "../dialects/postgres/source.ts";
import { loadDataFile } from "./load-data-file.ts";
import { functionSign, loadTypescript } from "./load-typescript.ts";
import type { MigrationFile } from "./migration-file.ts";

/** What the planner takes: SQL text, and where it came from when the file itself is none. */
export interface SqlFile {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly checksum: string;
  readonly origins?: readonly Origin[];
}

type PlaceOf = (path: readonly (string | number)[]) => { readonly line: number; readonly column: number };

/**
 * The file as SQL. Other forms hold operations, which are rendered to it.
 * @throws MigrationError `syntax-error`, `file-load-failed` with the place in the file
 */
export async function renderFile(file: MigrationFile): Promise<SqlFile> {
  const { name, file: shown, text, checksum } = file;
  if (file.path.endsWith(".sql")) return { name, file: shown, text, checksum };
  await loadParser();
  const { value, placeOf } = await load(file);
  const rendered = renderMigration(value);
  if ("problems" in rendered) throw refused(file, rendered.problems, placeOf);
  return {
    name,
    file: shown,
    checksum,
    text: rendered.migration.text,
    origins: originsOf(rendered.migration, placeOf),
  };
}

async function load(file: MigrationFile): Promise<{ value: unknown; placeOf: PlaceOf }> {
  if (!file.path.endsWith(".ts")) return loadDataFile(file);
  const { value, places } = await loadTypescript(file);
  if (typeof value !== "object" || value === null || functionSign in value)
    throw new MigrationError("file-load-failed", {
      happened: `${file.file}: The file has no default export that is a migration.`,
      safeNext: ["export default defineMigration({ description, operations: [ … ] })"],
      doNot: "Nothing ran.",
      details: { file: file.file },
    });
  return {
    value: withFunctions(value),
    placeOf: ([first, index]) => (first === "operations" ? places[Number(index)] : null) ?? { line: 1, column: 1 },
  };
}

/** Functions stayed in the thread of the import; what stands for them is refused with the same words. */
function withFunctions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFunctions);
  if (typeof value !== "object" || value === null) return value;
  if (functionSign in value) return () => undefined;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withFunctions(each)]));
}

function refused(file: MigrationFile, problems: readonly DataProblem[], placeOf: PlaceOf): MigrationError {
  const sentences = problems.map((problem) => {
    const { line, column } = placeOf(problem.path);
    return `${file.file}:${line}:${column}: ${wayOf(problem.path)}${problem.message}.`;
  });
  const [first] = problems;
  return new MigrationError("syntax-error", {
    happened: sentences.join("\n"),
    safeNext: ["Mend the file. schema/migration.json of the package describes its form."],
    doNot: "Nothing ran.",
    details: { file: file.file, ...placeOf(first?.path ?? []) },
  });
}

/** `operation 2 (split-column), up.first_name: ` — operations are counted from 1, as people do. */
function wayOf(path: readonly (string | number)[]): string {
  const [first, index, slug, ...rest] = path;
  if (first !== "operations" || typeof index !== "number") return path.length === 0 ? "" : `${path.join(".")}: `;
  const field = rest.length === 0 ? "" : `, ${rest.join(".")}`;
  return `${labelOf(index, slug === undefined ? null : String(slug))}${field}: `;
}

function labelOf(index: number, slug: string | null): string {
  return `operation ${index + 1}${slug === null ? "" : ` (${slug})`}`;
}

function originsOf(migration: RenderedMigration, placeOf: PlaceOf): Origin[] {
  return migration.parts.map(({ start, end, operation, slug }) => ({
    start,
    end,
    ...placeOf(operation === null ? ["description"] : ["operations", operation]),
    label: operation === null ? "" : labelOf(operation, slug),
  }));
}
