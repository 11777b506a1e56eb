// The files that lint reads: files and directories as given, a range of git, or standard input; in the order in which they run.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, parse, resolve } from "node:path";
import { MigrationError } from "../core/error.ts";
import type { Origin, Place } from "../dialects/postgres/source.ts";
import { shownPath } from "./discover.ts";
import { checksumOf } from "./migration-file.ts";

export interface LintSource {
  /** As shown to people. */
  readonly file: string;
  /** Null when the file cannot be read or rendered as SQL; then `problem` says why. */
  readonly text: string | null;
  readonly problem: string;
  /** Where the problem is, or the begin of the file. */
  readonly problemAt: Place;
  /** As the author wrote it. */
  readonly written: string;
  /** Of SQL that was rendered from another form: where its parts come from. */
  readonly origins: readonly Origin[];
  /** False: it is only read for what it makes of the schema. */
  readonly isJudged: boolean;
}

export interface LintTargets {
  /** Files, directories, or `-` for standard input; empty: the migrations directory. */
  readonly given: readonly string[];
  /** Absolute. */
  readonly migrations: string;
  /** Only files that differ from this revision of git are judged. */
  readonly since: string | null;
  /** Base name of the last file that is not judged any more. */
  readonly startAfter: string | null;
}

const stdinName = "<stdin>";

/** @throws MigrationError `file-not-found`, `usage` */
export async function readLintFiles({
  given,
  migrations,
  since,
  startAfter,
}: LintTargets): Promise<readonly LintSource[]> {
  if (given.includes("-")) return [sourceOf(stdinName, readFileSync(0), true)];
  const wanted = given.length === 0 ? sqlBelow(existing(migrations)) : given.flatMap((path) => expand(path));
  const unique = [...new Set(wanted)];
  const changed = since === null ? null : changedSince(since, unique[0] ?? migrations);
  const judged = new Set(unique.filter((path) => (changed === null || changed.has(path)) && isAfter(path, startAfter)));
  const earlier = given.length === 0 ? [] : earlierMigrations(unique, migrations);
  const sources: LintSource[] = [];
  // One after the other: a migration in TypeScript gets a thread of its own.
  for (const path of inOrder([...new Set([...earlier, ...unique])], migrations)) {
    const source = sourceOf(shownPath(path), readFileSync(path), judged.has(path));
    sources.push(isForeignMigration(basename(path)) ? await rendered(source, path) : source);
  }
  return sources;
}

/** Timestamped names sort by time; whoever names files differently gets the order of the names. */
function isAfter(path: string, startAfter: string | null): boolean {
  return startAfter === null || parse(path).name > parse(startAfter).name;
}

function existing(path: string): string {
  if (existsSync(path)) return path;
  throw new MigrationError("file-not-found", {
    happened: `There is no file or directory ${shownPath(path)}.`,
    safeNext: ["shoofly lint FILE.sql", "shoofly lint --migrations DIR"],
  });
}

function expand(given: string): string[] {
  const path = existing(resolve(given));
  return statSync(path).isDirectory() ? sqlBelow(path) : [path];
}

/** Every .sql file below a directory, and migrations in other languages, which nobody may overlook. */
function sqlBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .filter(({ name }) => name.toLowerCase().endsWith(".sql") || isForeignMigration(name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes("/node_modules/") && statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .toSorted();
}

function isForeignMigration(name: string): boolean {
  return /^\d{14}_.*\.(?:ts|mts|js|mjs|cjs|yaml|yml|json)$/.test(name);
}

/** Files of the migrations directory that run before the given ones: they say what the schema looks like. */
function earlierMigrations(paths: readonly string[], migrations: string): string[] {
  const own = paths.filter((path) => dirname(path) === migrations).map((path) => basename(path));
  const last = own.toSorted().at(-1);
  if (last === undefined) return [];
  return sqlBelow(migrations).filter((path) => dirname(path) === migrations && basename(path) < last);
}

/** Migrations among themselves in the order of their names; everything else as it was given. */
function inOrder(paths: readonly string[], migrations: string): string[] {
  const own = paths.filter((path) => dirname(path) === migrations).toSorted();
  return [...own, ...paths.filter((path) => dirname(path) !== migrations)];
}

/** Files that differ from the point where the current branch left the revision, those unknown to git included. */
function changedSince(revision: string, near: string): ReadonlySet<string> {
  const directory = statSync(near, { throwIfNoEntry: false })?.isDirectory() === true ? near : dirname(near);
  const git = (...words: readonly string[]): string => {
    try {
      return execFileSync("git", words, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      throw new MigrationError("usage", {
        happened: `git ${words.join(" ")} failed: ${stderrOf(error)}`,
        safeNext: ["shoofly lint --since main", "git fetch   (a shallow clone may lack the revision)"],
      });
    }
  };
  const top = git("rev-parse", "--show-toplevel").trimEnd();
  const base = git("merge-base", revision, "HEAD").trim();
  const lists = [
    git("diff", "--name-only", "-z", "--no-renames", "--diff-filter=d", base, "--"),
    git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", top),
  ];
  return new Set(
    lists.flatMap((list) => list.split("\0").filter((name) => name !== "")).map((name) => join(top, name)),
  );
}

function stderrOf(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return text.trim().split("\n")[0] ?? "";
}

function sourceOf(file: string, bytes: Buffer, isJudged: boolean): LintSource {
  const source = {
    file,
    text: null,
    problem: "",
    problemAt: { line: 1, column: 1 },
    written: "",
    origins: [],
    isJudged,
  };
  const refuse = (problem: string): LintSource => ({ ...source, problem });
  if (bytes.includes(0)) return refuse("The file holds NUL bytes, so it is no SQL text (UTF-16 is not supported).");
  try {
    // The decoder takes a byte order mark away; the server would not.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { ...source, text, written: text };
  } catch {
    return refuse("The file is not UTF-8.");
  }
}

const renderedEndings: ReadonlySet<string> = new Set([".ts", ".yaml", ".json"]);

/** A migration in another form as the SQL that it stands for; what cannot be loaded is a problem with its place. */
async function rendered(source: LintSource, path: string): Promise<LintSource> {
  const { file, text } = source;
  if (text === null) return source;
  const refuse = (problem: string, problemAt: Place): LintSource => ({ ...source, text: null, problem, problemAt });
  const ending = extname(path);
  if (!renderedEndings.has(ending))
    return refuse(`Migrations are .sql, .ts, .yaml or .json; ${ending} files are not read.`, source.problemAt);
  const { renderFile } = await import("./render-file.ts");
  try {
    const sql = await renderFile({ name: parse(path).name, path, file, text, checksum: checksumOf(text) });
    return { ...source, text: sql.text, origins: sql.origins ?? [] };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const { line, column } = error.details;
    const reason = (error.happened.split("\n")[0] ?? "").replace(/^.*?:\d+:\d+: |^[^ ]+: /, "");
    const isPlaced = typeof line === "number" && typeof column === "number";
    return refuse(reason, isPlaced ? { line, column } : source.problemAt);
  }
}
