// The `sql` tag: SQL text of the author with values as literals and names as identifiers, never the other way round.
import { quoteIdentifier, quoteLiteral } from "../sql/identifier.ts";

/** SQL text of an expression. Made by the `sql` tag alone; in a data file the same is a plain string. */
export interface Sql {
  readonly sql: string;
}

/** A name to put into an expression: `sql.identifier("order")`, `sql.identifier("orders", "id")`. */
export interface Identifier {
  readonly identifier: string;
}

/** What an expression can hold as a value. */
export type SqlValue = string | number | bigint | boolean | null | Date | Sql | Identifier;

interface SqlTag {
  (texts: TemplateStringsArray, ...values: readonly SqlValue[]): Sql;
  /** A quoted name; several parts are joined by dots. */
  readonly identifier: (...parts: readonly [string, ...string[]]) => Identifier;
}

function makeSql(texts: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  let text = texts[0] ?? "";
  let quote = quoteAfter(text, null);
  values.forEach((value, index) => {
    if (quote !== null)
      throw new TypeError(
        `The ${ordinal(index)} value of an sql expression stands inside ${quote}: take that away, a value brings its own quotes.`,
      );
    // Blanks keep two literals, a sign and a comment, or a prefix such as E and a literal from growing together.
    text += ` ${render(value, index)} ${texts[index + 1] ?? ""}`;
    quote = quoteAfter(texts[index + 1] ?? "", null);
  });
  if (quote !== null) throw new TypeError(`An sql expression ends inside ${quote}.`);
  return { sql: text.trim() };
}

/** Builds an SQL expression; every `${value}` becomes a literal, `${sql.identifier("name")}` a quoted name. */
export const sql: SqlTag = Object.assign(makeSql, {
  identifier: (...parts: readonly [string, ...string[]]): Identifier => ({
    identifier: parts.map(quoteIdentifier).join("."),
  }),
});

function ordinal(index: number): string {
  return ["first", "second", "third"][index] ?? `${index + 1}th`;
}

function render(value: unknown, index: number): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return stringLiteral(value, index);
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) return `(${value})`;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return `TIMESTAMPTZ '${value.toISOString()}'`;
  if (typeof value === "object" && "identifier" in value && typeof value.identifier === "string")
    return value.identifier;
  if (typeof value === "object" && "sql" in value && typeof value.sql === "string") return `(${value.sql})`;
  throw new TypeError(
    `The ${ordinal(index)} value of an sql expression is ${typeof value === "function" ? "a function" : `of type ${typeof value}`}: a value is a string, finite number, bigint, boolean, null, Date, sql expression or sql.identifier().`,
  );
}

/** Line breaks are written as escapes, because an expression may have to stand in one line of a comment. */
function stringLiteral(value: string, index: number): string {
  if (value.includes("\0"))
    throw new TypeError(`The ${ordinal(index)} value of an sql expression holds a NUL character.`);
  if (!/[\n\r]/.test(value)) return quoteLiteral(value).trim();
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `E'${escaped}'`;
}

/** Walks over SQL text and says in which kind of quote it ends (manual §4.1); null outside of all of them. */
function quoteAfter(text: string, before: string | null): string | null {
  const opening = /--|\/\*|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[Ee]'|'|"/g;
  let open = before;
  let at = 0;
  while (open === null) {
    opening.lastIndex = at;
    const found = opening.exec(text);
    if (found === null) return null;
    const [mark] = found;
    const isWord = /[\w$\u0080-\uffff]/.test(text[found.index - 1] ?? "");
    // `a$1$` is a name, and the e of `name'…'` belongs to the name.
    if (mark.startsWith("$") && isWord) {
      at = found.index + 1;
      continue;
    }
    const rest = text.slice(found.index + mark.length);
    const length = closingLength(rest, mark, isWord);
    if (length === null) {
      open = mark === "--" || mark === "/*" ? "a comment" : `quotes (${mark.replace(/^[Ee]/, "")})`;
      break;
    }
    at = found.index + mark.length + length;
  }
  return open;
}

/** Characters up to and with the end of a quote that was opened by the mark; null when it stays open. */
function closingLength(rest: string, mark: string, isWord: boolean): number | null {
  const patterns: Readonly<Record<string, RegExp>> = {
    "--": /^[^\n]*\n/,
    "'": /^(?:[^']|'')*'(?!')/,
    '"': /^(?:[^"]|"")*"(?!")/,
  };
  if (mark === "/*") return commentLength(rest);
  const isEscape = /^[Ee]'$/.test(mark) && !isWord;
  const pattern = isEscape ? /^(?:[^'\\]|''|\\[\s\S])*'(?!')/ : patterns[mark.replace(/^[Ee]'/, "'")];
  if (pattern !== undefined) return pattern.exec(rest)?.[0].length ?? null;
  const end = rest.indexOf(mark);
  return end === -1 ? null : end + mark.length;
}

/** Comments of this form nest. */
function commentLength(rest: string): number | null {
  let depth = 1;
  for (const found of rest.matchAll(/\/\*|\*\//g)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return found.index + 2;
  }
  return null;
}
