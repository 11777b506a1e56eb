// Splits SQL text into statements even when some of them are broken: one bad statement must not hide the others.
import { parseSync } from "libpg-query";
import type { Node } from "libpg-query";
import { borders, lineComments, nextBorder } from "./statement-borders.ts";
import { makeSource } from "./source.ts";

/** Character range, without the comments and blanks before it and the semicolon behind it. */
interface Range {
  readonly start: number;
  readonly end: number;
}

interface Parsed extends Range {
  readonly node: Node;
  readonly error: null;
}

interface Broken extends Range {
  readonly node: null;
  readonly error: { readonly message: string; readonly at: number };
}

/** A statement, or what cannot be parsed and why. */
export type Piece = Parsed | Broken;

/** Texts up to this length are parsed at once when nothing in them is broken. */
const wholeLengthMax = 500_000;

/** An INSERT longer than this is judged by its first row: the tree of megabytes of values would fill the memory. */
const insertLengthMax = 50_000;

/** All statements in order. Never throws. Needs the parser loaded. */
export function splitStatements(text: string): readonly Piece[] {
  return (text.length <= wholeLengthMax ? parseWhole(text) : null) ?? parsePieces(text);
}

/** Null when anything in the text is broken. */
function parseWhole(text: string): readonly Piece[] | null {
  try {
    const source = makeSource("", text);
    return (parseSync(text).stmts ?? []).flatMap((raw): Piece[] => {
      if (raw.stmt === undefined) return [];
      const from = source.characterAt(raw.stmt_location ?? 0);
      const length = raw.stmt_len ?? 0;
      const to = length === 0 ? text.length : source.characterAt((raw.stmt_location ?? 0) + length);
      const start = leadEnd(text, from);
      return [{ start, end: contentEnd(text, start, to), node: raw.stmt, error: null }];
    });
  } catch {
    return null;
  }
}

function parsePieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    const start = leadEnd(text, at);
    if (start >= text.length) break;
    if (text[start] === "\\") {
      const end = lineEnd(text, start);
      pieces.push(broken(start, contentEnd(text, start, end), metaCommand(text.slice(start, end)), start));
      at = end;
      continue;
    }
    const { piece, next } = pieceAt(text, start);
    if (piece !== null) pieces.push(piece);
    at = piece?.node == null ? next : afterCopiedRows(text, piece.node, next);
  }
  return pieces;
}

/** The statement that begins here. A semicolon inside of BEGIN ATOMIC or of parentheses may not be its end. */
function pieceAt(text: string, start: number): { readonly piece: Piece | null; readonly next: number } {
  let first: Broken | null = null;
  let tries = 0;
  for (const border of borders(text, start)) {
    const piece = parsePiece(text, start, border.end);
    if (piece === null || piece.node !== null) return { piece, next: border.end + 1 };
    first ??= piece;
    // The body of a function in SQL ends with END; what is still open a few hundred statements further is broken.
    tries += 1;
    if (tries > 200 || !/\bBEGIN\s+ATOMIC\b/i.test(text.slice(start, Math.min(border.end, start + 5_000)))) break;
  }
  const next = nextBorder(text, start);
  if (first === null) return { piece: null, next: text.length };
  const end = Math.min(first.end, contentEnd(text, start, next));
  return { piece: { ...first, end: Math.max(end, start + 1) }, next: next + 1 };
}

/** Null when there is nothing in the range. */
function parsePiece(text: string, start: number, end: number): Piece | null {
  const own = shortened(text.slice(start, end));
  try {
    const node = parseSync(own).stmts?.[0]?.stmt;
    return node === undefined ? null : { start, end: contentEnd(text, start, end), node, error: null };
  } catch (error) {
    const at = Math.min(start + cursorOf(error), Math.max(start, end - 1));
    return broken(start, contentEnd(text, start, end), messageOf(error, own, at - start), at);
  }
}

function broken(start: number, end: number, message: string, at: number): Broken {
  return { start, end: Math.max(end, start + 1), node: null, error: { message, at } };
}

/** `INSERT … VALUES (first row)` of a very long INSERT; anything else as it is. */
function shortened(statement: string): string {
  if (statement.length <= insertLengthMax || !/^INSERT\b/i.test(statement)) return statement;
  const values = /\bVALUES\s*(?=\()/i.exec(statement.slice(0, insertLengthMax));
  if (values === null) return statement;
  const from = values.index + values[0].length;
  const end = rowEnd(statement, from);
  return end === null ? statement : statement.slice(0, end);
}

/** Behind the closing parenthesis of a row, quotes respected. */
function rowEnd(statement: string, from: number): number | null {
  const marks = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(statement); mark !== null; mark = marks.exec(statement)) {
    if (mark[0] === "(") depth += 1;
    if (mark[0] === ")") depth -= 1;
    if (depth === 0 && mark[0] === ")") return marks.lastIndex;
  }
  return null;
}

/** In a script for psql the rows of `COPY … FROM stdin` follow the statement, up to a line `\.`. */
function afterCopiedRows(text: string, node: Node, next: number): number {
  if (!("CopyStmt" in node) || node.CopyStmt.is_from !== true || node.CopyStmt.filename !== undefined) return next;
  const end = /^\\\.\s*$/m.exec(text.slice(next));
  return end === null ? next : next + end.index + end[0].length;
}

/** Behind blanks, semicolons and comments. */
function leadEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const blank = /[\s;\uFEFF]*/y;
    blank.lastIndex = at;
    at += blank.exec(text)?.[0].length ?? 0;
    if (text.startsWith("--", at)) at = lineEnd(text, at);
    else if (text.startsWith("/*", at)) at = blockEnd(text, at);
    else return at;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/** Block comments nest (manual §4.1.5). */
function blockEnd(text: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

/** The end without blanks, semicolons and comments on the last lines; two dashes inside of quotes are content. */
function contentEnd(text: string, start: number, end: number): number {
  let at = blankStart(text, start, end);
  if (!text.slice(text.lastIndexOf("\n", at - 1) + 1, at).includes("--")) return at;
  for (const comment of lineComments(text, start, at).toReversed()) {
    if (lineEnd(text, comment) < at) break;
    at = blankStart(text, start, comment);
  }
  return at;
}

/** Where the blanks and semicolons before `end` begin. */
function blankStart(text: string, start: number, end: number): number {
  let at = end;
  while (at > start + 1 && /[\s;]/.test(text[at - 1] ?? "")) at -= 1;
  return Math.max(start + 1, at);
}

/** The parser's cursor counts characters from 0. */
function cursorOf(error: unknown): number {
  const details = typeof error === "object" && error !== null && "sqlDetails" in error ? error.sqlDetails : null;
  if (typeof details !== "object" || details === null || !("cursorPosition" in details)) return 0;
  return typeof details.cursorPosition === "number" ? Math.max(0, details.cursorPosition) : 0;
}

function messageOf(error: unknown, statement: string, at: number): string {
  const message = error instanceof Error ? error.message : String(error);
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  if (/^:['"]?[A-Za-z_]/.test(statement.slice(at)))
    return `${sentence} Variables of psql (:name) are filled in by psql only; write the value, or lint what psql prints with --echo-queries.`;
  if (statement[at] === "`") return `${sentence} Backticks are MySQL's quotes; PostgreSQL has "double quotes".`;
  return sentence;
}

function metaCommand(line: string): string {
  return `${/^\\\S*/.exec(line)?.[0] ?? "\\"} is a command of psql, not SQL: what it does is not known here.`;
}
