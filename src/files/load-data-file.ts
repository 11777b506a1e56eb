// Reads a migration in YAML or JSON, and finds the line of everything in it.
import { LineCounter, isCollection, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";
import type { Document } from "yaml";
import { MigrationError } from "../core/error.ts";
import type { MigrationFile } from "./migration-file.ts";

export interface LoadedData {
  readonly value: unknown;
  /** Line and column of what stands at the way, or of the last part of it that is there. */
  readonly placeOf: (path: readonly (string | number)[]) => { readonly line: number; readonly column: number };
}

/** JSON is read by the same parser, which takes all of it; what JSON itself would refuse is refused. */
export function loadDataFile(file: MigrationFile): LoadedData {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, uniqueKeys: true, version: "1.2" });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    unreadable(file, line, col, problem.message.split("\n")[0]?.replace(/ at line \d+.*$/, "") ?? "");
  }
  if (file.path.endsWith(".json")) {
    try {
      JSON.parse(file.text);
    } catch (error) {
      unreadable(file, 1, 1, error instanceof Error ? error.message : String(error));
    }
  }
  return { value: valueOf(file, document), placeOf: (path) => placeOf(document, lines, path) };
}

function valueOf(file: MigrationFile, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return unreadable(file, 1, 1, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(file: MigrationFile, line: number, column: number, reason: string): never {
  throw new MigrationError("syntax-error", {
    happened: `${file.file}:${line}:${column}: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`,
    safeNext: ["Mend the file at this place."],
    doNot: "Nothing ran.",
    details: { file: file.file, line, column },
  });
}

function placeOf(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find(
        (each) => isPair(each) && isScalar(each.key) && String(each.key.value) === String(part),
      );
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
      continue;
    }
    const next: unknown = node.items[Number(part)];
    if (!isNode(next)) break;
    offset = next.range?.[0] ?? offset;
    node = next;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
