// `explain`: error codes, operations, rules, hazards, states and commands in full, from what the package carries; no database.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applicationAfter, databaseAfter, errorCodes, MigrationError, type ErrorCode } from "../core/error.ts";
import { migrationStates, stateMeanings, type MigrationState } from "../core/state.ts";
import type { ExplainDocument, SubjectKind } from "../documents/explain.ts";
import { nearNames } from "../files/near-names.ts";

interface Subject {
  readonly kind: SubjectKind;
  readonly text: () => string;
}

const source = join(import.meta.dirname, "..");

/** Folders whose members each have a page: `<folder>/<slug>/README.md`, or `<folder>/<slug>.md`. */
const pages: readonly (readonly [kind: SubjectKind, folder: string])[] = [
  ["operation", "operations"],
  ["rule", "rules"],
  ["hazard", "planner/hazards"],
];

function pagesOf(kind: SubjectKind, folder: string): [string, Subject][] {
  const directory = join(source, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .map((entry) => (entry.endsWith(".md") ? join(directory, entry) : join(directory, entry, "README.md")))
    .filter((file) => existsSync(file))
    .map((file) => [
      slugOf(file),
      { kind, text: () => readFileSync(file, "utf8").replaceAll(/\n*The plan of the first case: .*\n/g, "\n") },
    ]);
}

function slugOf(file: string): string {
  const parts = file.replace(/(\/README)?\.md$/, "").split("/");
  return parts.at(-1) ?? "";
}

function errorText(code: ErrorCode): string {
  const { meaning, outcome, exitCode, remedy } = errorCodes[code];
  return [
    `# ${code}`,
    "",
    meaning,
    "",
    `**Outcome** ${outcome} · **exit code** ${exitCode}`,
    "",
    `**Database now** ${databaseAfter[outcome]}`,
    `**Application** ${applicationAfter[outcome]}`,
    `**What to do** ${remedy}`,
    "",
  ].join("\n");
}

function stateText(state: MigrationState): string {
  return `# ${state}\n\nA migration in this state: ${stateMeanings[state]}.\n`;
}

function subjects(): ReadonlyMap<string, Subject> {
  const codes = Object.keys(errorCodes) as ErrorCode[];
  return new Map<string, Subject>([
    ...codes.map((code): [string, Subject] => [code, { kind: "error", text: () => errorText(code) }]),
    ...migrationStates.map((state): [string, Subject] => [state, { kind: "state", text: () => stateText(state) }]),
    ...pages.flatMap(([kind, folder]) => pagesOf(kind, folder)),
  ]);
}

/**
 * @param code an error code, operation, rule, hazard or state; empty for the list
 * @throws MigrationError `usage` with the nearest words
 */
export function explainCode(code: string): ExplainDocument {
  const all = subjects();
  const codes = [...all.keys()].toSorted();
  if (code === "") return { schema: "shoofly.explain/1", code: null, kind: null, text: "", codes };
  const found = all.get(code);
  if (found !== undefined)
    return { schema: "shoofly.explain/1", code, kind: found.kind, text: found.text(), codes: [] };
  const near = nearNames(code, codes, 3);
  throw new MigrationError("usage", {
    happened: `There is nothing called ${JSON.stringify(code)} to explain.`,
    safeNext:
      near.length === 0 ? ["shoofly explain   (lists every word)"] : near.map((word) => `shoofly explain ${word}`),
  });
}
