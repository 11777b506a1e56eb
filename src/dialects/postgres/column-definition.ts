// Reads the definition in ADD COLUMN: type, collation, default and the constraints that stand inside it.
import type { ColumnDef, Constraint, ConstrType } from "libpg-query";
import { scanTokens } from "./parse.ts";
import type { Statement } from "./parse.ts";
import { typeText } from "./type-name.ts";

/** The author's type, collation and default text. */
export function columnParts(statement: Statement): { type: string; collation: string; defaultText: string | null } {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = scanTokens(text);
  const add = tokens.findIndex((token) => token.keyword && token.text.toUpperCase() === "ADD");
  let index = add + 1;
  if (tokens[index]?.text.toUpperCase() === "COLUMN") index += 1;
  if (tokens[index]?.text.toUpperCase() === "IF") index += 3;
  const type = typeText(text, tokens, tokens[index]?.end ?? 0);
  const collate = tokens.findIndex(
    (token, at) => at > index && token.keyword && token.text.toUpperCase() === "COLLATE",
  );
  const collation =
    collate === -1 ? "" : ` COLLATE ${text.slice(tokens[collate]?.end ?? 0, qualifiedEnd(tokens, collate + 1)).trim()}`;
  const start = tokens.findIndex((token, at) => at > index && token.keyword && token.text.toUpperCase() === "DEFAULT");
  if (start === -1) return { type, collation, defaultText: null };
  const from = tokens[start]?.end ?? 0;
  return { type, collation, defaultText: typeText(text, tokens, from) };
}

function qualifiedEnd(tokens: ReturnType<typeof scanTokens>, from: number): number {
  let at = from;
  while (tokens[at + 1]?.text === ".") at += 2;
  return tokens[at]?.end ?? 0;
}

/** Kinds of all constraints inside the definition. */
export function constraintKinds(definition: ColumnDef): string[] {
  return (definition.constraints ?? []).flatMap((node) =>
    "Constraint" in node && node.Constraint.contype !== undefined ? [node.Constraint.contype] : [],
  );
}

/** The constraint of this kind that stands inside the definition. */
export function constraintOf(definition: ColumnDef, kind: ConstrType): Constraint | undefined {
  const found = (definition.constraints ?? []).find((node) => "Constraint" in node && node.Constraint.contype === kind);
  return found !== undefined && "Constraint" in found ? found.Constraint : undefined;
}

/** What stands in parentheses after IDENTITY. */
export function identityOptions(statement: Statement): string {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = scanTokens(text);
  const word = tokens.findIndex((token) => token.keyword && token.text.toUpperCase() === "IDENTITY");
  const open = tokens[word + 1];
  if (open?.text !== "(") return "";
  const close = tokens.slice(word + 2).find((token) => token.text === ")");
  return text.slice(open.end, close?.start).trim();
}

/** What a serial type stands for (manual §8.1.4). */
export const serialTypes: Readonly<Record<string, string>> = {
  smallserial: "smallint",
  serial2: "smallint",
  serial: "integer",
  serial4: "integer",
  bigserial: "bigint",
  serial8: "bigint",
};

/** The last part of the type's name. */
export function typeNameOf(definition: ColumnDef): string {
  return (
    (definition.typeName?.names ?? []).map((node) => ("String" in node ? (node.String.sval ?? "") : "")).at(-1) ?? ""
  );
}
