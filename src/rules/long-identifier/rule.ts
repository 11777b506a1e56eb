// A name of more than 63 bytes: the server cuts it and says so in a notice only, and two names may become one.
import { scanTokens } from "../../dialects/postgres/parse.ts";
import { byteLength, identifierBytesMax } from "../../sql/identifier.ts";
import type { LintedFile, LintStatement, Rule, RuleHit } from "../contract.ts";

export const longIdentifier: Rule = {
  name: "long-identifier",
  summary: "the server cuts names after 63 bytes",
  severity: "error",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: (file) =>
    // Scanning is only worth it where a run of letters of that length occurs at all.
    /[\p{L}\p{N}_$ ]{22,}/u.test(file.text) ? file.statements.flatMap((statement) => longNames(file, statement)) : [],
};

function longNames({ text }: LintedFile, statement: LintStatement): RuleHit[] {
  if (!isDefinition(statement)) return [];
  const own = text.slice(statement.start, statement.end);
  if (!/(?:[^\s(),;.]|"[^"]*"){22,}/.test(own)) return [];
  return scanTokens(own)
    .filter((token) => /^["\p{L}_]/u.test(token.text) && nameBytes(token.text) > identifierBytesMax)
    .map((token) => ({
      statement,
      start: statement.start + token.start,
      end: statement.start + token.end,
      message: `This name has ${nameBytes(token.text)} bytes; the server keeps the first ${identifierBytesMax} and says so in a notice only, so the object is not called what the application calls it.`,
      plan: ["choose a shorter name"],
    }));
}

/** Literals of data statements may be of any length, and they are no names. */
function isDefinition({ node }: LintStatement): boolean {
  return !["InsertStmt", "SelectStmt", "UpdateStmt", "DeleteStmt", "CopyStmt"].some((kind) => kind in node);
}

function nameBytes(token: string): number {
  return byteLength(token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token);
}
