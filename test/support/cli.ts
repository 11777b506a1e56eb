// The built command line as a child process in a directory of its own, and its JSON documents checked against `schema/*.json`.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { expect } from "vitest";

const root = join(import.meta.dirname, "../..");
export const cliPath: string = join(root, "dist/cli.js");

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A shell command line instead of the plain call; `$SHOOFLY` stands for it. */
  readonly shell?: string;
}

export interface CliProject extends Disposable {
  readonly directory: string;
  run(words: readonly string[], options?: CliOptions): Promise<Outcome>;
  /** Starts it and gives back the process with what it has printed so far. */
  begin(words: readonly string[], options?: CliOptions): Running;
  /** Runs with `--json` and gives back the one document, which must fit its schema. */
  json<T>(
    words: readonly string[],
    options?: CliOptions,
  ): Promise<{ readonly code: number | null; readonly document: T }>;
  /** Writes `migrations/<name>.sql`. */
  migration(name: string, sql: string): void;
}

export interface Running {
  readonly process: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<Outcome>;
}

// Nothing of the developer's own shell may decide a test.
function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, LANG: "C.UTF-8", SHOOFLY: `${process.execPath} ${cliPath}`, ...extra };
}

function validatorOf(name: string): ValidateFunction {
  const schema = JSON.parse(readFileSync(join(root, `schema/${name}.json`), "utf8")) as object;
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

/** Checks a document against the schema that it names itself. */
export function expectDocument(document: unknown): void {
  const named = (document as { schema?: unknown }).schema;
  const name = /^shoofly\.([a-z]+)\/1$/.exec(String(named))?.[1];
  expect(name, `a document names its schema, this one: ${String(named)}`).toBeDefined();
  const validate = validatorOf(name ?? "");
  validate(document);
  expect(validate.errors).toBeNull();
}

/** @param url the default database of every call */
export function cliProject(url?: string): CliProject {
  if (!existsSync(cliPath)) throw new Error("dist/cli.js is missing: npm run build");
  const directory = mkdtempSync(join(tmpdir(), "shoofly-cli-"));
  const begin = (words: readonly string[], { env, shell }: CliOptions = {}): Running => {
    const settings = {
      cwd: directory,
      env: environment({ ...(url === undefined ? {} : { DATABASE_URL: url }), ...env }),
    };
    const child =
      shell === undefined
        ? spawn(process.execPath, [cliPath, ...words], { ...settings, stdio: ["ignore", "pipe", "pipe"] })
        : spawn("bash", ["-o", "pipefail", "-c", shell], { ...settings, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }) as Outcome);
    return { process: child, output, ended };
  };
  const run = async (words: readonly string[], options?: CliOptions): Promise<Outcome> =>
    await begin(words, options).ended;
  return {
    directory,
    begin,
    run,
    json: async <T>(words: readonly string[], options?: CliOptions) => {
      const { code, stdout } = await run([...words, "--json"], options);
      const document = JSON.parse(stdout) as T;
      expectDocument(document);
      return { code, document };
    },
    migration: (name, sql) => {
      mkdirSync(join(directory, "migrations"), { recursive: true });
      writeFileSync(join(directory, "migrations", `${name}.sql`), sql);
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The labels of the failure layout, in order. */
const failureBlocks: readonly string[] = [
  "What happened",
  "Database now",
  "Application",
  "Safe next",
  "Do not",
  "More",
];

/** A failure on a terminal or in a log: code and blocks as promised, nothing on stdout, no stack. */
export function expectFailure(outcome: Outcome, code: string, exitCode: number): void {
  expect({ code: outcome.code, stdout: outcome.stdout, stderr: outcome.stderr }).toMatchObject({
    code: exitCode,
    stdout: "",
  });
  const screen = outcome.stderr.slice(outcome.stderr.indexOf("✗"));
  expect(screen).toMatch(new RegExp(`^✗ ${code}  `));
  const labels = [...screen.matchAll(/^ {2}([A-Z][a-z]+(?: [a-z]+)?) {2,}\S/gm)].map((match) => match[1]);
  expect(labels).toEqual(failureBlocks);
  expect(screen).not.toMatch(/^\s+at .+\.js:\d+/m);
}
