// Where statements may end: semicolons outside of quotes, comments and parentheses. Knows no grammar.

export interface Border {
  /** Index of the semicolon, or the length of the text. */
  readonly end: number;
}

/** Everything that may hide a semicolon, and the semicolon itself; a dollar quote needs a name of its own kind to end it. */
const marks = /'|"|\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$|--|\/\*|[();]/g;

/** The possible ends of the statement that begins at `start`, the nearest first; the end of the text is the last. */
export function* borders(text: string, start: number): Generator<Border> {
  let depth = 0;
  const scan = new RegExp(marks.source, "g");
  scan.lastIndex = start;
  for (let mark = scan.exec(text); mark !== null; mark = scan.exec(text)) {
    const [found] = mark;
    if (found === "(") depth += 1;
    else if (found === ")") depth = Math.max(0, depth - 1);
    else if (found === ";") {
      if (depth === 0) yield { end: mark.index };
    } else scan.lastIndex = skip(text, mark.index, found);
  }
  yield { end: text.length };
}

/** The nearest semicolon outside of quotes and comments, whatever parentheses are open: where a broken statement is given up. */
export function nextBorder(text: string, start: number): number {
  const scan = new RegExp(marks.source, "g");
  scan.lastIndex = start;
  for (let mark = scan.exec(text); mark !== null; mark = scan.exec(text)) {
    const [found] = mark;
    if (found === ";") return mark.index;
    if (found !== "(" && found !== ")") scan.lastIndex = skip(text, mark.index, found);
  }
  return text.length;
}

/** Where the comments to the end of a line begin that stand in this range, outside of quotes and other comments. */
export function lineComments(text: string, start: number, end: number): number[] {
  const found: number[] = [];
  const scan = new RegExp(marks.source, "g");
  scan.lastIndex = start;
  for (let mark = scan.exec(text); mark !== null && mark.index < end; mark = scan.exec(text)) {
    if (mark[0] === "--") found.push(mark.index);
    if (!/^[();]$/.test(mark[0])) scan.lastIndex = skip(text, mark.index, mark[0]);
  }
  return found;
}

/** Behind a quote or comment; the end of the text when it is never closed. */
function skip(text: string, at: number, mark: string): number {
  const ended = (end: number, length: number): number => (end === -1 ? text.length : end + length);
  if (mark === "--") return ended(text.indexOf("\n", at), 1);
  if (mark === "/*") return blockEnd(text, at);
  if (mark === '"') return quoteEnd(text, at, /"(?:[^"]|"")*"/y);
  if (mark === "'") return quoteEnd(text, at, hasEscapes(text, at) ? /'(?:[^'\\]|\\[\s\S]|'')*'/y : /'(?:[^']|'')*'/y);
  // `a$b$c` is a name: a dollar quote begins where no name goes on.
  if (/[\w$\u0080-\uFFFF]/.test(text[at - 1] ?? " ")) return at + 1;
  return ended(text.indexOf(mark, at + mark.length), mark.length);
}

function quoteEnd(text: string, at: number, quote: RegExp): number {
  quote.lastIndex = at;
  return quote.exec(text) === null ? text.length : quote.lastIndex;
}

/** E'…' (manual §4.1.2.2). */
function hasEscapes(text: string, at: number): boolean {
  return /(?:^|[^\w$\u0080-\uFFFF])[eE]$/.test(text.slice(Math.max(0, at - 2), at));
}

/** Block comments nest (manual §4.1.5). */
function blockEnd(text: string, from: number): number {
  const ends = /\/\*|\*\//g;
  ends.lastIndex = from;
  let depth = 0;
  for (let mark = ends.exec(text); mark !== null; mark = ends.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return ends.lastIndex;
  }
  return text.length;
}
