// Places in a migration file: byte offsets of the parser turned into characters, lines and columns, and the caret under them.

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A stretch of text that was rendered from a file of another form, and where it came from there. */
export interface Origin extends Place {
  readonly start: number;
  readonly end: number;
  /** E.g. `operation 2 (add-column)`. */
  readonly label: string;
}

export interface Source {
  /** The file as it is shown to people. */
  readonly file: string;
  readonly text: string;
  /** Character index of a UTF-8 byte offset, as the parser counts. */
  readonly characterAt: (byteOffset: number) => number;
  /** Where the text came from; empty when it is the file's own. */
  readonly origins: readonly Origin[];
}

export function makeSource(file: string, text: string, origins: readonly Origin[] = []): Source {
  return { file, text, characterAt: characterIndex(text), origins };
}

/** Line and column (both from 1) of a character index, in the author's file. */
export function placeAt(source: Source, index: number): Place {
  const origin = originAt(source, index);
  return origin === undefined ? placeInText(source, index) : { line: origin.line, column: origin.column };
}

/** What the place belongs to, as the begin of a sentence; empty in a file that is SQL itself. */
export function labelAt(source: Source, index: number): string {
  const label = originAt(source, index)?.label ?? "";
  return label === "" ? "" : `${label}: `;
}

/** The line of the SQL text with a caret under the place, two lines long. */
export function excerptAt(source: Source, index: number): string {
  const place = placeInText(source, index);
  const line = source.text.split("\n")[place.line - 1] ?? "";
  const margin = source.origins.length === 0 ? String(place.line) : "sql";
  return `${margin} | ${line}\n${" ".repeat(margin.length)} | ${" ".repeat(Math.max(0, place.column - 1))}^`;
}

function originAt(source: Source, index: number): Origin | undefined {
  return source.origins.findLast((origin) => origin.start <= index);
}

function placeInText(source: Source, index: number): Place {
  const before = source.text.slice(0, index);
  const line = before.split("\n").length;
  return { line, column: index - before.lastIndexOf("\n") };
}

function characterIndex(text: string): (byteOffset: number) => number {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length === text.length) return (byteOffset) => byteOffset;
  return (byteOffset) => bytes.subarray(0, byteOffset).toString("utf8").length;
}
