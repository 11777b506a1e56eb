// Rewrites the column names in a definition that the server printed (an index, a CHECK), by token and parser position.
import { parseSync } from "libpg-query";
import { quoteIdentifier } from "../../sql/identifier.ts";
import { fieldNames, visit } from "./expression.ts";
import { scanTokens, topLevel } from "./parse.ts";
import type { Token } from "./parse.ts";
import { makeSource } from "./source.ts";

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * @param definition `CREATE INDEX …` or `CHECK (…)` as the server prints it
 * @param rename old physical column → new one
 * @param indexName the name the new index gets (built CONCURRENTLY); null for a constraint
 */
export function substituteColumns(
  definition: string,
  rename: (column: string) => string,
  indexName: string | null,
): string {
  const isIndex = indexName !== null;
  const prefix = isIndex ? "" : "ALTER TABLE t ADD ";
  const edits = [
    ...expressionEdits(prefix, definition, rename),
    ...(isIndex ? [...elementEdits(definition, rename), ...headEdits(definition, indexName)] : []),
  ];
  return apply(definition, edits);
}

function expressionEdits(prefix: string, definition: string, rename: (column: string) => string): Edit[] {
  const source = makeSource("", prefix + definition);
  const tokens = scanTokens(source.text);
  const edits: Edit[] = [];
  visit(parseSync(source.text), (kind, node) => {
    if (kind !== "ColumnRef") return;
    const names = fieldNames(node["fields"]);
    const name = names.at(-1) ?? "";
    const token = tokens.find((each) => each.start === source.characterAt(Number(node["location"] ?? 0)));
    const last = token === undefined ? undefined : tokens[tokens.indexOf(token) + (names.length - 1) * 2];
    if (token === undefined || last === undefined || rename(name) === name) return;
    edits.push({
      start: token.start - prefix.length,
      end: last.end - prefix.length,
      text: quoteIdentifier(rename(name)),
    });
  });
  return edits;
}

/** Plain columns of an index have no position in the tree: they are the first token of each element. */
function elementEdits(definition: string, rename: (column: string) => string): Edit[] {
  return groupsOf(scanTokens(definition)).flatMap((group) =>
    elementsOf(group).flatMap(([first, second]) => {
      if (first === undefined || first.text === "(" || second?.text === "(" || second?.text === ".") return [];
      const name = nameOf(first);
      return rename(name) === name ? [] : [{ start: first.start, end: first.end, text: quoteIdentifier(rename(name)) }];
    }),
  );
}

/** The tokens of the column list and of the INCLUDE list. */
function groupsOf(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  let depth = 0;
  let isOpen = true;
  for (const [index, token] of tokens.entries()) {
    const previous = tokens[index - 1]?.text.toUpperCase() ?? "";
    if (token.text === ")") depth -= 1;
    if (depth === 0 && token.text.toUpperCase() === "WHERE") break;
    if (depth > 0 && isOpen) groups.at(-1)?.push(token);
    if (token.text === "(") {
      if (depth === 0) {
        isOpen = groups.length === 0 || previous === "INCLUDE";
        if (isOpen) groups.push([]);
      }
      depth += 1;
    }
  }
  return groups;
}

function elementsOf(group: readonly Token[]): Token[][] {
  const commas = new Set(
    topLevel(group)
      .filter((token) => token.text === ",")
      .map((token) => token.start),
  );
  const elements: Token[][] = [[]];
  for (const token of group) {
    if (commas.has(token.start)) elements.push([]);
    else elements.at(-1)?.push(token);
  }
  return elements;
}

/** `CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS] [name] ON`: CONCURRENTLY and the name go in. */
function headEdits(definition: string, name: string): Edit[] {
  const tokens = scanTokens(definition);
  const index = tokens.findIndex((token) => token.text.toUpperCase() === "INDEX");
  const on = tokens.findIndex((token, at) => at > index && token.text.toUpperCase() === "ON");
  const from = tokens[index];
  const to = tokens[on];
  if (from === undefined || to === undefined) return [];
  return [{ start: from.end, end: to.start, text: ` CONCURRENTLY ${quoteIdentifier(name)} ` }];
}

/** The same index on a table of this name: the author's may be another one by the time. */
export function onTable(definition: string, qualified: string): string {
  const tokens = scanTokens(definition);
  const on = tokens.findIndex((token) => token.keyword && token.text.toUpperCase() === "ON");
  let first = on + 1;
  if (tokens[first]?.keyword === true && tokens[first]?.text.toUpperCase() === "ONLY") first += 1;
  let last = first;
  while (tokens[last + 1]?.text === ".") last += 2;
  const from = tokens[first];
  const to = tokens[last];
  if (on === -1 || from === undefined || to === undefined) return definition;
  return apply(definition, [{ start: from.start, end: to.end, text: qualified }]);
}

function nameOf(token: Token): string {
  return token.text.startsWith('"') ? token.text.slice(1, -1).replaceAll('""', '"') : token.text.toLowerCase();
}

function apply(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}
