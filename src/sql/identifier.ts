// Identifiers and literals: the one place that quotes, and the one place that derives names.
import { createHash } from "node:crypto";

/** PostgreSQL's NAMEDATALEN - 1 (manual §4.1.1); MySQL allows 64 characters, so 63 bytes fit both. */
export const identifierBytesMax = 63;

/** `"na""me"`: always quoted, so that capitals, spaces and reserved words need no thought. */
export function quoteIdentifier(name: string): string {
  if (name.includes("\0")) throw new RangeError("An identifier cannot contain a NUL character.");
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"` */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** A string literal that reads the same under any `standard_conforming_strings`. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** `<bytes> hex digits of SHA-256`, for short names that do not collide. */
export function shortHash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/**
 * A name made of parts that always fits: cut at a character border and closed with a hash when too long,
 * so that two long names which share their beginning stay apart.
 */
export function deriveName(...parts: readonly string[]): string {
  const full = parts.join("_");
  if (byteLength(full) <= identifierBytesMax) return full;
  const suffix = `_${shortHash(full, 8)}`;
  let cut = "";
  for (const character of full) {
    if (byteLength(cut + character) + suffix.length > identifierBytesMax) break;
    cut += character;
  }
  return cut + suffix;
}
