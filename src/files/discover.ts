// Finds the migration files of a directory, in the order in which they run.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, parse, relative, resolve } from "node:path";
import { MigrationError } from "../core/error.ts";
import { checksumOf, isMigrationName, type MigrationFile } from "./migration-file.ts";

/** Endings that look like a migration to some tool. Anything else (README.md, .gitkeep) lies here in peace. */
const migrationEndings = new Set([".sql", ".ts", ".mts", ".js", ".mjs", ".cjs", ".yaml", ".yml", ".json"]);

/** How a path is shown: relative to where the command was typed, as long as that is shorter. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === "" ? "." : fromHere.startsWith("..") ? path : fromHere;
}

function refuse(file: string, happened: string, safeNext: readonly string[]): never {
  throw new MigrationError("file-name", { happened: `${file}: ${happened}`, safeNext, details: { file } });
}

function isMigrationLike(base: string): boolean {
  return !base.startsWith(".") && migrationEndings.has(parse(base).ext.toLowerCase());
}

const supportedEndings: ReadonlySet<string> = new Set([".sql", ".ts", ".yaml", ".json"]);

function isSupported(base: string): boolean {
  const { name, ext } = parse(base);
  return supportedEndings.has(ext) && isMigrationName(name);
}

/** Refuses a file that shoofly would have to skip: a migration that is silently left out is worse than an error. */
function assertSupported(file: string, base: string): void {
  const { name, ext } = parse(base);
  if (!supportedEndings.has(ext)) {
    refuse(
      file,
      `migrations are files named YYYYMMDDHHMMSS_name.sql, .ts, .yaml or .json; ${ext} files are not supported.`,
      [`move ${file} out of the directory, or write the change as SQL: shoofly new NAME`],
    );
  }
  if (!isMigrationName(name)) {
    refuse(file, `a migration is named YYYYMMDDHHMMSS_name${ext}, the name in lower case letters, digits and _.`, [
      `rename ${file}`,
      "shoofly new NAME   (makes a file with the right name)",
    ]);
  }
}

function read(directory: string, base: string): MigrationFile {
  const path = join(directory, base);
  // A byte order mark is no part of SQL; editors on Windows add one.
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  return { name: parse(base).name, path, file: shownPath(path), text, checksum: checksumOf(text) };
}

/**
 * All migration files of the directory in the order of their names; none when there is no directory.
 * @param unsupported `skip` is for commands that only look: they must work whatever else lies there
 */
export function discoverFiles(directory: string, unsupported: "refuse" | "skip" = "refuse"): readonly MigrationFile[] {
  const absolute = resolve(directory);
  if (!existsSync(absolute)) return [];
  const bases = readdirSync(absolute, { withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .filter(isMigrationLike)
    .toSorted();
  if (unsupported === "refuse") {
    for (const base of bases) assertSupported(shownPath(join(absolute, base)), base);
  }
  const files = bases.filter(isSupported).map((base) => read(absolute, base));
  const twin = files.find((file, index) => files[index + 1]?.name === file.name);
  if (twin !== undefined && unsupported === "refuse") {
    refuse(twin.file, `another file has the same name ${twin.name} and another ending.`, [
      "keep one of the two, or rename one",
    ]);
  }
  return files;
}
