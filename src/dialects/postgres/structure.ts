// What touched tables look like: columns, constraints, valid indexes and triggers as lines of text that can be compared.
// Only catalog facts, so the answer costs a few milliseconds and takes no lock on the tables.
import { createHash } from "node:crypto";
import type { Queryable } from "./introspect.ts";

/** `schema.table` → its facts in a fixed order. A table that does not exist has none. */
export type Structure = ReadonlyMap<string, readonly string[]>;

export async function readStructure(connection: Queryable, tables: readonly string[]): Promise<Structure> {
  const rows = await connection.query<{ relation: string; fact: string }>(
    "select relation, fact from shoofly.structure($1::text[])",
    [tables],
  );
  const structure = new Map<string, string[]>(tables.map((table) => [table, []]));
  for (const row of rows) structure.get(row.relation)?.push(row.fact);
  for (const facts of structure.values()) facts.sort();
  return structure;
}

/** One hash over all tables, whatever their order. */
export function hashStructure(structure: Structure): string {
  const hash = createHash("md5");
  for (const table of [...structure.keys()].toSorted())
    hash.update(`${table}\n${(structure.get(table) ?? []).join("\n")}\n\n`);
  return hash.digest("hex");
}

/** Sentences about what differs, at most `limit`. Tables that `expected` does not know are left out. */
export function compareStructure(expected: Structure, actual: Structure, limit = 20): readonly string[] {
  const differences: string[] = [];
  for (const [table, facts] of expected) {
    const now = new Set(actual.get(table) ?? []);
    const before = new Set(facts);
    for (const fact of before) if (!now.has(fact)) differences.push(`${table}: ${fact} is gone`);
    for (const fact of now) if (!before.has(fact)) differences.push(`${table}: ${fact} is new`);
  }
  return differences.length <= limit
    ? differences
    : [...differences.slice(0, limit), `and ${differences.length - limit} more`];
}
