// Words of the command line → values, each refused with what would be right.
import { MigrationError } from "../core/error.ts";
import type { Severity } from "../core/finding.ts";
import { phasesOf, type Phase } from "../core/phase.ts";
import { migrationStates, type MigrationState } from "../core/state.ts";
import { nearNames } from "../files/near-names.ts";
import { durationMs } from "./duration.ts";
import type { LintRequest } from "./lint.ts";
import type { ChangeOptions, StartOptions } from "./verbs.ts";

function oneOf<T extends string>(value: string, allowed: readonly T[], option: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const [near] = nearNames(value, allowed, 1);
  throw new MigrationError("usage", {
    happened: `${option}: "${value}" is none of ${allowed.join(", ")}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    safeNext: [`${option} ${near ?? allowed[0] ?? ""}`],
  });
}

/** @throws MigrationError `usage` */
export function wholeNumber(value: string, option: string, max: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= max) return number;
  throw new MigrationError("usage", {
    happened: `${option}: "${value}" is no whole number from 1 to ${max}.`,
    safeNext: [`${option} 2`],
  });
}

interface StartWords {
  readonly plan?: string;
  readonly until?: string;
  readonly acceptDrift?: boolean;
  readonly workers?: string;
  readonly lockBudget?: string;
}

const workersMax = 64;

export function startOptions(name: string, words: StartWords): StartOptions {
  return {
    name,
    planFile: words.plan,
    until: words.until === undefined ? undefined : oneOf<Phase>(words.until, phasesOf.start, "--until"),
    acceptDrift: words.acceptDrift,
    workers: words.workers === undefined ? undefined : wholeNumber(words.workers, "--workers", workersMax),
    lockBudgetMs: words.lockBudget === undefined ? undefined : durationMs(words.lockBudget, "--lock-budget"),
  };
}

interface ChangeWords {
  readonly to?: string;
  readonly archive?: boolean;
  readonly gate?: string;
  readonly reason?: string;
  readonly acceptDrift?: boolean;
}

export function changeOptions(name: string, verb: ChangeOptions["verb"], words: ChangeWords): ChangeOptions {
  const gate = words.gate === undefined ? undefined : oneOf(words.gate, ["strict", "none"] as const, "--gate");
  if (gate === "none" && (words.reason ?? "").trim() === "") {
    throw new MigrationError("usage", {
      happened: "--gate none needs a reason, which is kept in the audit log.",
      safeNext: [`shoofly ${verb} ${name} --gate none --reason "why no session can be in the way"`],
    });
  }
  return {
    name,
    verb,
    to: words.to === undefined ? undefined : oneOf(words.to, ["ready"] as const, "--to"),
    archive: words.archive,
    gate,
    reason: words.reason,
    acceptDrift: words.acceptDrift,
  };
}

interface WatchWords {
  readonly waitFor?: string;
  readonly timeout?: string;
}

export function watchOptions(
  name: string,
  words: WatchWords,
): { readonly name: string; readonly until: MigrationState | null; readonly timeoutMs: number } {
  if (name === "") {
    throw new MigrationError("usage", {
      happened: "--watch and --wait-for follow one migration: its name is missing.",
      safeNext: ["shoofly status NAME --watch"],
    });
  }
  return {
    name,
    until: words.waitFor === undefined ? null : oneOf(words.waitFor, migrationStates, "--wait-for"),
    timeoutMs: durationMs(words.timeout ?? (words.waitFor === undefined ? "7d" : "1h"), "--timeout"),
  };
}

const rowsMax = 50_000_000;

export function demoOptions(words: { readonly rows?: string; readonly rounds?: string }): {
  readonly rows: number;
  readonly rounds: number;
} {
  return {
    rows: wholeNumber(words.rows ?? "1000000", "--rows", rowsMax),
    rounds: wholeNumber(words.rounds ?? "2", "--rounds", 2),
  };
}

/** Reports are Markdown; another ending is refused before anything is planned. */
export function reportPath(words: { readonly report?: string }): string | null {
  if (words.report === undefined) return null;
  if (/\.(md|markdown)$/i.test(words.report)) return words.report;
  throw new MigrationError("usage", {
    happened: `--report: "${words.report}" does not end in .md; reports are written as Markdown.`,
    safeNext: ["--report plan.md"],
  });
}

interface LintWords {
  readonly db?: string;
  readonly failOn?: string;
  readonly pg?: string;
  readonly since?: string;
  readonly stats?: string;
}

/** @param today `YYYY-MM-DD` */
export function lintOptions(files: readonly string[], words: LintWords, today: string): LintRequest {
  return {
    files,
    since: words.since ?? null,
    stats: words.stats ?? null,
    major: words.pg === undefined ? null : Number(oneOf(words.pg, ["13", "14", "15", "16", "17", "18"], "--pg")),
    // A DATABASE_URL that lies around is no request: lint has to work where no server is.
    useDatabase: words.db !== undefined,
    failOn:
      words.failOn === undefined ? null : oneOf<Severity>(words.failOn, ["error", "warning", "info"], "--fail-on"),
    today,
  };
}

/** The format to write; `--json` is short for json. */
export function formatName<T extends string>(
  words: { readonly format?: string; readonly json?: boolean },
  known: readonly T[],
): T | "json" {
  if (words.format === undefined) return words.json === true ? "json" : oneOf("text", known, "--format");
  const format = oneOf(words.format, known, "--format");
  if (words.json !== true || format === "json") return format;
  throw new MigrationError("usage", {
    happened: `--json and --format ${format} ask for two documents.`,
    safeNext: ["leave --json out"],
  });
}
