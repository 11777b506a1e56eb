// Text and tables that fit a width by wrapping. Nothing is ever cut: what does not fit goes on in the next line.
import { stripVTControlCharacters } from "node:util";

/** Columns that a text takes on screen. */
export function visibleWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** Words longer than the width are kept whole (they are names and URLs that get copied) unless `hard`. */
function wrapLine(line: string, width: number, hard: boolean): readonly string[] {
  const lines: string[] = [];
  let current = /^\s*/.exec(line)?.[0] ?? "";
  let isEmpty = true;
  for (const whole of line.trimStart().split(/(?<=\S)\s(?=\S)/)) {
    let word = whole;
    if (!isEmpty && visibleWidth(current) + 1 + visibleWidth(word) > width) {
      lines.push(current);
      current = "";
      isEmpty = true;
    }
    while (hard && isEmpty && visibleWidth(word) > width) {
      lines.push(word.slice(0, width));
      word = word.slice(width);
    }
    current = isEmpty ? current + word : `${current} ${word}`;
    isEmpty = false;
  }
  return [...lines, current.trimEnd()];
}

/** A line of a source excerpt, `12 | ALTER …`: its caret has to stay below its place. */
const excerptLine = /^ *\d* \| /;

export function wrap(text: string, width: number, hard = false): readonly string[] {
  return text
    .split("\n")
    .flatMap((line) => (excerptLine.test(line) ? [line] : wrapLine(line, Math.max(width, 12), hard)));
}

/** Wraps and puts every line but the first behind `indent` spaces. */
export function hang(text: string, indent: number, width: number): string {
  return wrap(text, width - indent).join(`\n${" ".repeat(indent)}`);
}

export interface Column {
  readonly title: string;
  readonly alignRight?: boolean;
  /** A column that may be made narrower than its longest cell. */
  readonly flexible?: boolean;
}

function columnWidths(columns: readonly Column[], rows: readonly (readonly string[])[], total: number): number[] {
  const widths = columns.map((column, index) =>
    Math.max(
      visibleWidth(column.title),
      ...rows.flatMap((row) => (row[index] ?? "").split("\n").map((line) => visibleWidth(line))),
    ),
  );
  const gaps = 2 * columns.length;
  let excess = widths.reduce((sum, width) => sum + width, gaps) - total;
  while (excess > 0) {
    const widest = columns
      .map((column, index) => ({ index, width: column.flexible === true ? (widths[index] ?? 0) : 0 }))
      .reduce((a, b) => (b.width > a.width ? b : a));
    if (widest.width <= 12) break;
    widths[widest.index] = widest.width - 1;
    excess -= 1;
  }
  return widths;
}

/** A table without frames; cells of flexible columns wrap. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], total: number): string {
  const widths = columnWidths(columns, rows, total);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        const gap = " ".repeat(Math.max(0, width - visibleWidth(cell)));
        return columns[index]?.alignRight === true ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd();
  const block = (row: readonly string[]): readonly string[] => {
    const cells = row.map((cell, index) => wrap(cell, widths[index] ?? 12, true));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) => ` ${line(cells.map((lines) => lines[at] ?? ""))}`);
  };
  return [` ${line(columns.map((column) => column.title))}`, ...rows.flatMap(block)].join("\n");
}
