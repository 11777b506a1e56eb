// The type in a column definition, as the author wrote it.
import { scanTokens, topLevel } from "./parse.ts";
import type { Statement, Token } from "./parse.ts";

/** Words that end a type name in a column definition (manual, CREATE TABLE and ALTER TABLE). */
const typeEnds = new Set([
  "COLLATE",
  "USING",
  "CONSTRAINT",
  "NOT",
  "NULL",
  "DEFAULT",
  "CHECK",
  "UNIQUE",
  "PRIMARY",
  "REFERENCES",
  "GENERATED",
  "STORAGE",
  "COMPRESSION",
  "DEFERRABLE",
  "INITIALLY",
]);

/** The text after TYPE in `ALTER COLUMN c [SET DATA] TYPE t [COLLATE …] [USING …]`. */
export function deparseType(statement: Statement): string {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = scanTokens(text);
  // ALTER [COLUMN] name [SET DATA] TYPE: the name may itself be the word type, so the search starts behind it.
  const name = tokens.findIndex((token) => token.keyword && token.text.toUpperCase() === "COLUMN") + 1;
  const from = tokens.find(
    (token, index) => index > Math.max(name, 1) && token.keyword && token.text.toUpperCase() === "TYPE",
  );
  return from === undefined ? "" : typeText(text, tokens, from.end);
}

/** The type that starts after the character index, up to the next word that cannot belong to it. */
export function typeText(text: string, tokens: readonly Token[], after: number): string {
  const rest = topLevel(tokens).filter((token) => token.start >= after);
  const end = rest.find((token, index) => index > 0 && token.keyword && typeEnds.has(token.text.toUpperCase()));
  return text.slice(after, end?.start ?? text.length).trim();
}
