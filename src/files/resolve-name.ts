// What a person types for a migration → its full name: the base name, or any part at its begin or end that is unique.
import { basename } from "node:path";
import { MigrationError } from "../core/error.ts";
import { nearNames } from "./near-names.ts";

interface Where {
  /** Where the names come from, for the message: `./migrations`, `the journal`. */
  readonly place: string;
  /** What to type when there is none. */
  readonly safeNext: readonly string[];
}

function candidates(names: readonly string[], word: string): readonly string[] {
  const description = names.filter((name) => name.replace(/^\d{14}_/, "") === word);
  if (description.length > 0) return description;
  return names.filter((name) => name.startsWith(word) || name.endsWith(`_${word}`));
}

/** @param given the base name, with or without directory and ending, or a unique begin or end of it */
export function resolveName(names: readonly string[], given: string, where: Where): string {
  const word = basename(given).replace(/\.(sql|ts|yaml|json)$/, "");
  if (names.includes(word)) return word;
  const found = word === "" ? [] : candidates(names, word);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) {
    throw new MigrationError("file-not-found", {
      happened: `"${given}" fits ${found.length} migrations in ${where.place}: ${found.join(", ")}.`,
      safeNext: found.map((name) => `say which one: ${name}`),
      details: { given, candidates: found },
    });
  }
  throw notFound(names, given, where);
}

function notFound(names: readonly string[], given: string, where: Where): MigrationError {
  const near = nearNames(given, names);
  const known = near.length > 0 ? `Did you mean ${near.join(" or ")}?` : lastNames(names);
  return new MigrationError("file-not-found", {
    happened: `There is no migration "${given}" in ${where.place}. ${known}`,
    safeNext: where.safeNext,
    details: { given, candidates: near },
  });
}

function lastNames(names: readonly string[]): string {
  if (names.length === 0) return "There is none at all.";
  const last = names.slice(-5);
  return `The ${names.length > last.length ? "last" : "only"} ones are ${last.join(", ")}.`;
}
