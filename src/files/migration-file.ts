// One migration file as it was read from disk: its name, its text and the checksum that the journal keeps.
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { MigrationError } from "../core/error.ts";
import { byteLength, identifierBytesMax } from "../sql/identifier.ts";

export interface MigrationFile {
  /** The base name without extension: `20261121093000_price_cents`. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** The path as people wrote it, relative to the working directory. */
  readonly file: string;
  readonly text: string;
  /** `sha256:<hex>` of the text. */
  readonly checksum: string;
}

const namePattern = /^\d{14}_[a-z0-9][a-z0-9_]*$/;

/** `sha256:<hex>`; line ends do not count, because a checkout on another system may change them. */
export function checksumOf(text: string): string {
  return `sha256:${createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex")}`;
}

export function isMigrationName(name: string): boolean {
  return namePattern.test(name);
}

/** The version schema `<schema>_<name>` has to be an identifier of the server (63 bytes). */
export function assertNameFits(name: string, file: string, schema: string): void {
  const bytes = byteLength(`${schema}_${name}`);
  if (bytes <= identifierBytesMax) return;
  const ending = extname(file);
  throw new MigrationError("file-name", {
    happened:
      `${file}: the version schema would be named "${schema}_${name}", which has ${bytes} bytes; ` +
      `identifiers have at most ${identifierBytesMax}.`,
    safeNext: [`mv ${file} ${file.slice(0, -(bytes - identifierBytesMax + ending.length))}${ending}`],
    details: { file },
  });
}
