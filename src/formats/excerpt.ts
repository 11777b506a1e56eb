// A place in a file: the line with carets under the range, and a fingerprint that survives moved lines.
import { createHash } from "node:crypto";
import type { Finding } from "../core/finding.ts";

interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const longestLine = 200;

/** Two lines: the source line, and carets under the range as far as it lies on that line. */
export function excerpt(text: string, range: Range): readonly string[] {
  const line = (lineAt(text, range.line) ?? "").replaceAll("\t", " ");
  const last = range.endLine === range.line ? range.endColumn - 1 : line.length;
  // The window moves along lines of machine-made SQL that no screen could show.
  const from = range.column > longestLine ? range.column - 1 : 0;
  const shown = line.slice(from, from + longestLine);
  const first = range.column - 1 - from;
  const carets = Math.max(1, Math.min(last - from, shown.trimEnd().length) - first);
  const number = String(range.line);
  const gutter = " ".repeat(number.length);
  return [`${number} | ${shown}`, `${gutter} | ${" ".repeat(first)}${"^".repeat(carets)}`];
}

function lineAt(text: string, wanted: number): string | undefined {
  let start = 0;
  for (let line = 1; line < wanted; line += 1) {
    const end = text.indexOf("\n", start);
    if (end === -1) return undefined;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, "");
}

/** The text that a range covers, blanks made one. */
function rangeText(text: string, range: Range): string {
  const lines = text.split("\n").slice(range.line - 1, range.endLine);
  const last = lines.length - 1;
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? range.column - 1 : 0, index === last ? range.endColumn - 1 : line.length),
    )
    .join(" ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/**
 * One fingerprint per finding, in their order: of rule, file and statement, not of the line, so that a comment added above
 * makes no new finding. The same statement twice is told apart by its number.
 */
export function fingerprints(findings: readonly Finding[], textOf: (file: string) => string): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const key = [finding.rule, finding.file, rangeText(textOf(finding.file), finding)].join("\0");
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return createHash("sha256").update(`${key}\0${number}`).digest("hex").slice(0, 32);
  });
}
