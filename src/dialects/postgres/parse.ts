// Splits a migration file into statements with PostgreSQL's own parser, and reads the shoofly directives before each.
import { loadModule, parseSync, scanSync } from "libpg-query";
import type { AlterTableCmd, Node, ScanToken } from "libpg-query";
import { MigrationError } from "../../core/error.ts";
import { byteLength, identifierBytesMax } from "../../sql/identifier.ts";
import { excerptAt, labelAt, makeSource, placeAt } from "./source.ts";
import type { Origin, Source } from "./source.ts";

export const directiveNames = [
  "up",
  "down",
  "undo",
  "strategy",
  "as",
  "enforce",
  "check",
  "raw",
  "allow",
  "description",
] as const;
export type DirectiveName = (typeof directiveNames)[number];

export interface Directive {
  readonly name: DirectiveName;
  readonly value: string;
  /** Character index of the value in the file. */
  readonly start: number;
}

export interface Statement {
  readonly source: Source;
  /** One of the parser's statement nodes, e.g. `{ AlterTableStmt: … }`. */
  readonly node: Node;
  /** The one command of an ALTER TABLE that this statement stands for; null otherwise. */
  readonly command: AlterTableCmd | null;
  /** The statement as it would run: the author's text, or ALTER TABLE with this one command. */
  readonly text: string;
  /** Character range in the file of the statement, or of the command. */
  readonly start: number;
  readonly end: number;
  readonly directives: readonly Directive[];
}

/** The statements of SQL that is known to be right, as nodes. */
export function parseNodes(text: string): Node[] {
  if (text.trim() === "") return [];
  return (parseSync(text).stmts ?? []).flatMap((raw) => (raw.stmt === undefined ? [] : [raw.stmt]));
}

/** The node of this statement alone: of an ALTER TABLE with several commands only the one it stands for. */
export function ownNode(statement: Statement): Node {
  if (!("AlterTableStmt" in statement.node) || statement.command === null) return statement.node;
  return { AlterTableStmt: { ...statement.node.AlterTableStmt, cmds: [{ AlterTableCmd: statement.command }] } };
}

/** Tokens without comments, with character offsets into the text that was scanned. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly keyword: boolean;
}

export async function loadParser(): Promise<void> {
  await loadModule();
}

/**
 * The statements of one file, in order. An ALTER TABLE with several commands becomes one statement per command.
 * @throws MigrationError `syntax-error`, `unknown-directive` with file, line, column and an excerpt
 */
export function parseFile(file: string, text: string, origins: readonly Origin[] = []): Statement[] {
  const source = makeSource(file, text, origins);
  const { tokens, comments } = scanSource(source);
  const parsed = parseSource(source);
  refuseLongNames(source, tokens);
  const statements: Statement[] = [];
  let previousEnd = 0;
  for (const raw of parsed) {
    const first = tokens.find((token) => token.start >= raw.start && token.text !== ";");
    if (first === undefined) continue;
    const own = tokens.filter((token) => token.start >= first.start && token.end <= raw.end && token.text !== ";");
    const end = own.at(-1)?.end ?? raw.end;
    const before = comments.filter((comment) => comment.start >= previousEnd && comment.end <= first.start);
    const inside = comments.filter((comment) => comment.start > first.start && comment.end < end);
    const stray = readDirectives(source, inside)[0];
    if (stray !== undefined)
      fail(
        "unknown-directive",
        source,
        stray.start,
        `The directive ${stray.name} stands inside a statement.`,
        "Move it to a line of its own before the statement.",
      );
    statements.push(
      ...splitCommands(
        {
          source,
          node: raw.node,
          command: null,
          text: text.slice(first.start, end),
          start: first.start,
          end,
          directives: readDirectives(source, before),
        },
        own,
      ),
    );
    previousEnd = end;
  }
  const rest = readDirectives(
    source,
    comments.filter((comment) => comment.start >= previousEnd),
  ).find((directive) => directive.name !== "check" && directive.name !== "description");
  if (rest !== undefined)
    fail(
      "unknown-directive",
      source,
      rest.start,
      `The directive ${rest.name} stands after the last statement, so it belongs to none.`,
      "Move it before the statement it belongs to.",
    );
  return statements;
}

/** The server would cut a longer name and say so in a notice only; two long names could become one. */
function refuseLongNames(source: Source, tokens: readonly Token[]): void {
  const long = tokens.find(
    (token) => /^["\p{L}_]/u.test(token.text) && byteLength(token.text.replace(/^"|"$/g, "")) > identifierBytesMax,
  );
  if (long === undefined) return;
  fail(
    "change-refused",
    source,
    long.start,
    `This name is longer than ${identifierBytesMax} bytes.`,
    "Choose a shorter name.",
  );
}

/** The directives of a whole file that bind to the migration and not to a statement: every `check`. */
export function checksOf(file: string, text: string): Directive[] {
  const source = makeSource(file, text);
  return readDirectives(source, scanSource(source).comments).filter((directive) => directive.name === "check");
}

/** Throws a refusal that shows the place. */
export function fail(
  code: "syntax-error" | "unknown-directive" | "change-refused" | "expression-invalid",
  source: Source,
  index: number,
  happened: string,
  remedy: string,
): never {
  const place = placeAt(source, index);
  throw new MigrationError(code, {
    happened: `${source.file}:${place.line}:${place.column}: ${labelAt(source, index)}${happened}\n${excerptAt(source, index)}`,
    safeNext: [remedy],
    doNot: "Nothing ran.",
    details: { file: source.file, line: place.line, column: place.column },
  });
}

export function directive(statement: Statement, name: DirectiveName): Directive | undefined {
  return statement.directives.find((each) => each.name === name);
}

/** Scans SQL text into tokens; comments apart. */
export function scanTokens(text: string): Token[] {
  return scanSource(makeSource("", text)).tokens;
}

function scanSource(source: Source): { tokens: Token[]; comments: Token[] } {
  let scanned: ScanToken[];
  try {
    scanned = scanSync(source.text).tokens;
  } catch (error) {
    fail("syntax-error", source, 0, `This text cannot be split into tokens: ${messageOf(error)}.`, "Mend the SQL.");
  }
  const tokens: Token[] = [];
  const comments: Token[] = [];
  for (const each of scanned) {
    const start = source.characterAt(each.start);
    const end = source.characterAt(each.end);
    const token = { start, end, text: source.text.slice(start, end), keyword: each.keywordName !== "NO_KEYWORD" };
    (each.tokenName === "SQL_COMMENT" || each.tokenName === "C_COMMENT" ? comments : tokens).push(token);
  }
  return { tokens, comments };
}

function parseSource(source: Source): { node: Node; start: number; end: number }[] {
  try {
    return (parseSync(source.text).stmts ?? []).flatMap((raw) => {
      if (raw.stmt === undefined) return [];
      const start = raw.stmt_location ?? 0;
      const length = raw.stmt_len ?? 0;
      const end = length === 0 ? source.text.length : source.characterAt(start + length);
      return [{ node: raw.stmt, start: source.characterAt(start), end }];
    });
  } catch (error) {
    fail("syntax-error", source, syntaxErrorIndex(error), `${messageOf(error)}.`, "Mend the statement at the caret.");
  }
}

/** The parser's cursor is a character position from 0. */
function syntaxErrorIndex(error: unknown): number {
  const details = typeof error === "object" && error !== null && "sqlDetails" in error ? error.sqlDetails : null;
  if (typeof details !== "object" || details === null || !("cursorPosition" in details)) return 0;
  return typeof details.cursorPosition === "number" ? details.cursorPosition : 0;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readDirectives(source: Source, comments: readonly Token[]): Directive[] {
  return comments.flatMap((comment) => {
    const match = /^(--|\/\*)\s*shoofly:\s*([A-Za-z-]*)/.exec(comment.text);
    if (match === null) return [];
    const name = match[2] ?? "";
    const known = directiveNames.find((each) => each === name);
    const at = comment.start + match[0].length - name.length;
    if (known === undefined) {
      fail(
        "unknown-directive",
        source,
        at,
        `There is no directive ${JSON.stringify(name)}.`,
        `Known directives: ${directiveNames.join(", ")}.`,
      );
    }
    const body = comment.text.slice(match[0].length).replace(/\*\/$/, "");
    const lead = body.length - body.trimStart().length;
    return [{ name: known, value: body.trim(), start: comment.start + match[0].length + lead }];
  });
}

/** One statement per command of an ALTER TABLE: cut at the commas outside of parentheses. */
function splitCommands(statement: Statement, tokens: readonly Token[]): Statement[] {
  if (!("AlterTableStmt" in statement.node)) return [statement];
  const commands = (statement.node.AlterTableStmt.cmds ?? []).flatMap((node) =>
    "AlterTableCmd" in node ? [node.AlterTableCmd] : [],
  );
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) return [{ ...statement, command: only }];
  const cuts = topLevel(tokens).filter((token) => token.text === ",");
  const head = headOf(tokens);
  const ranges = commands.map((_, index) => ({
    start:
      index === 0
        ? (tokens[head]?.start ?? statement.start)
        : (tokens.find((token) => token.start > (cuts[index - 1]?.start ?? 0))?.start ?? statement.start),
    end: cuts[index]?.start ?? statement.end,
  }));
  const prefix = statement.source.text.slice(statement.start, tokens[head]?.start ?? statement.start);
  return commands.map((command, index) => {
    const range = ranges[index] ?? statement;
    const end = range.start + statement.source.text.slice(range.start, range.end).trimEnd().length;
    return {
      ...statement,
      command,
      text: prefix + statement.source.text.slice(range.start, end),
      start: range.start,
      end,
    };
  });
}

/** Index of the first token after `ALTER TABLE [IF EXISTS] [ONLY] [schema.]name [*]`. */
function headOf(tokens: readonly Token[]): number {
  let index = 2;
  if (tokens[index]?.text.toUpperCase() === "IF") index += 2;
  if (tokens[index]?.text.toUpperCase() === "ONLY") index += 1;
  index += 1;
  while (tokens[index]?.text === ".") index += 2;
  if (tokens[index]?.text === "*") index += 1;
  return index;
}

/** The tokens outside of all parentheses and brackets. */
export function topLevel(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (token.text === ")" || token.text === "]") depth -= 1;
    const isTop = depth === 0;
    if (token.text === "(" || token.text === "[") depth += 1;
    return isTop;
  });
}
