// Places in a migration file: byte offsets of the parser turned into characters, lines and columns, and the caret under them.

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Source {
  /** The file as it is shown to people. */
  readonly file: string;
  readonly text: string;
  /** Character index of a UTF-8 byte offset, as the parser counts. */
  readonly characterAt: (byteOffset: number) => number;
}

export function makeSource(file: string, text: string): Source {
  return { file, text, characterAt: characterIndex(text) };
}

/** Line and column (both from 1) of a character index. */
export function placeAt(source: Source, index: number): Place {
  const before = source.text.slice(0, index);
  const line = before.split("\n").length;
  return { line, column: index - before.lastIndexOf("\n") };
}

/** The line with a caret under the place, two lines long. */
export function excerptAt(source: Source, place: Place): string {
  const line = source.text.split("\n")[place.line - 1] ?? "";
  return `${place.line} | ${line}\n${" ".repeat(String(place.line).length)} | ${" ".repeat(Math.max(0, place.column - 1))}^`;
}

function characterIndex(text: string): (byteOffset: number) => number {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length === text.length) return (byteOffset) => byteOffset;
  return (byteOffset) => bytes.subarray(0, byteOffset).toString("utf8").length;
}
