// shoofly.config.json and the command line, as one set of settings. Flag before environment before file before default.
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { z } from "zod";
import { MigrationError } from "../core/error.ts";
import type { VersionMode } from "../dialects/postgres/draft.ts";
import { shownPath } from "../files/discover.ts";
import { nearNames } from "../files/near-names.ts";
import { durationMs } from "./duration.ts";
import { lintConfigSchema, type LintConfig } from "./lint-config.ts";
import { assertUrl } from "./target.ts";

export const configFileName = "shoofly.config.json";

const duration = z.union([z.number().int().positive(), z.string()]);

const configSchema: z.ZodType<Config> = z.strictObject({
  $schema: z.string().optional(),
  db: z.record(z.string(), z.string()).optional(),
  migrations: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
  lockBudgetMs: duration.optional(),
  lint: lintConfigSchema.optional(),
  shadow: z.string().min(1).optional(),
  versions: z.enum(["views", "direct"]).optional(),
});

/** The configuration file. Every key is optional, and the file is, too. */
export interface Config {
  readonly $schema?: string | undefined;
  /** Databases by name, for `--db NAME`. */
  readonly db?: Readonly<Record<string, string>> | undefined;
  readonly migrations?: string | undefined;
  readonly schema?: string | undefined;
  readonly lockBudgetMs?: number | string | undefined;
  readonly lint?: LintConfig | undefined;
  /** Where plans are tried out: `auto`, `off` (default), or the URL of a server that may be used for it. */
  readonly shadow?: string | undefined;
  /** How a new version is offered; default: `views`. */
  readonly versions?: VersionMode | undefined;
}

/** What was given on the command line. */
export interface ProjectOptions {
  readonly db?: string | undefined;
  readonly migrations?: string | undefined;
  readonly schema?: string | undefined;
  readonly config?: string | undefined;
  readonly shadow?: string | undefined;
  readonly versions?: string | undefined;
}

export interface Project {
  /** The configuration file; null when there is none. */
  readonly configFile: string | null;
  /** Absolute. */
  readonly migrations: string;
  /** The schema that is migrated. */
  readonly schema: string;
  readonly lockBudgetMs: number | null;
  readonly lint?: LintConfig;
  /** `auto`, `off`, or a URL. */
  readonly shadow?: string;
  readonly versions: VersionMode;
  /** The database's URL. Throws `usage` when none was given: not every command needs one. */
  url(): string;
}

function refuse(file: string, happened: string): never {
  throw new MigrationError("usage", {
    happened: `${file}: ${happened}`,
    safeNext: [`edit ${file}`],
    details: { file },
  });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys" || issue.path.length > 0)
    return `${issue.path.join(".") || "the file"}: ${issue.message}.`;
  const known = ["db", "migrations", "schema", "lockBudgetMs", "lint", "shadow", "versions"];
  return issue.keys
    .map((key) => {
      const [near] = nearNames(key, known, 1);
      return `unknown key "${key}".${near === undefined ? ` Known: ${known.join(", ")}.` : ` Did you mean "${near}"?`}`;
    })
    .join(" ");
}

function readConfig(path: string): Config {
  const file = shownPath(path);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // The parser's message quotes the file, which may hold a password.
    refuse(file, error instanceof SyntaxError ? "not valid JSON." : "cannot be read.");
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) refuse(file, parsed.error.issues.map(describeIssue).join(" "));
  return parsed.data;
}

function findConfig(given: string | undefined): string | null {
  const path = resolve(given ?? configFileName);
  if (extname(path) !== ".json")
    refuse(shownPath(path), "the configuration is a JSON file; other formats are not supported.");
  if (existsSync(path)) return path;
  if (given === undefined) return null;
  throw new MigrationError("usage", {
    happened: `There is no configuration file ${shownPath(path)}.`,
    safeNext: ["shoofly init   (makes one)"],
  });
}

function chooseUrl(given: string | undefined, databases: Readonly<Record<string, string>>): string {
  const names = Object.keys(databases);
  const wanted = given ?? process.env["DATABASE_URL"] ?? "";
  if (wanted === "") {
    const only = names.length === 1 ? names[0] : undefined;
    if (only !== undefined) return databases[only] ?? "";
    throw new MigrationError("usage", {
      happened:
        names.length === 0
          ? "No database is given: neither --db nor DATABASE_URL."
          : `The configuration names ${names.length} databases, and neither --db nor DATABASE_URL says which.`,
      safeNext:
        names.length === 0
          ? ["export DATABASE_URL=postgres://user@host:5432/database"]
          : names.map((name) => `--db ${name}`),
    });
  }
  if (wanted.includes("://") || given === undefined) return wanted;
  const found = Object.hasOwn(databases, wanted) ? databases[wanted] : undefined;
  if (found !== undefined) return found;
  throw new MigrationError("usage", {
    happened: `--db: neither a URL nor a database that the configuration names${names.length === 0 ? "" : ` (${names.join(", ")})`}.`,
    safeNext: ["--db postgres://user@host:5432/database"],
  });
}

function assertShadow(given: string): string {
  if (given === "auto" || given === "off") return given;
  if (/^postgres(ql)?:\/\//.test(given)) return given;
  throw new MigrationError("usage", {
    happened: "--shadow: neither auto, off nor the URL of a PostgreSQL server.",
    safeNext: ["--shadow auto"],
  });
}

function versionMode(given: string | undefined): VersionMode | null {
  if (given === undefined) return null;
  if (given === "views" || given === "direct") return given;
  throw new MigrationError("usage", {
    happened: `--versions ${given}: there are two ways to offer a new version, views and direct.`,
    safeNext: [
      "--versions views   (a schema of views beside the old version)",
      "--versions direct   (new columns beside the old ones)",
    ],
  });
}

/** Reads the configuration and lays the command line over it. */
export function openProject(options: ProjectOptions): Project {
  const configFile = findConfig(options.config);
  const config: Config = configFile === null ? {} : readConfig(configFile);
  const base = configFile === null ? process.cwd() : dirname(configFile);
  const migrations =
    options.migrations === undefined ? resolve(base, config.migrations ?? "migrations") : resolve(options.migrations);
  return {
    configFile,
    migrations,
    schema: options.schema ?? config.schema ?? "public",
    lockBudgetMs: config.lockBudgetMs === undefined ? null : durationMs(String(config.lockBudgetMs), "lockBudgetMs"),
    lint: config.lint ?? {},
    shadow: assertShadow(options.shadow ?? config.shadow ?? "off"),
    versions: versionMode(options.versions) ?? config.versions ?? "views",
    url: () => assertUrl(chooseUrl(options.db, config.db ?? {})),
  };
}
