// Loads a migration in TypeScript: imported in a thread of its own that is ended when it takes too long. Only its default export is used.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { JitiOptions } from "jiti";
import { MigrationError } from "../core/error.ts";
import type { MigrationFile } from "./migration-file.ts";

export interface LoadedModule {
  /** The default export as plain data; functions in it are kept as a sign. */
  readonly value: unknown;
  /** For every operation: line and column in the file where it was made; null where that is not known. */
  readonly places: readonly ({ readonly line: number; readonly column: number } | null)[];
}

type Message =
  | { readonly kind: "loaded"; readonly value: unknown; readonly stacks: readonly string[] }
  | { readonly kind: "failed"; readonly message: string; readonly stack: string };

/** Imports are small; whatever takes longer waits for something that will not come. */
const importLimitMs = 10_000;
const importMemoryMb = 256;

/** Marks a function, which cannot leave its thread. */
export const functionSign = "shoofly:function";

/**
 * Runs inside the thread, in CommonJS: a thread cannot start from TypeScript on every Node.js that is supported. `shoofly` means the
 * language alone, from this very package, wherever the file lies.
 */
const threadCode = `
const { parentPort, workerData } = require("node:worker_threads");
const { createJiti } = require(workerData.jiti);
const { options, path, sign } = workerData;
function plain(value, seen) {
  if (typeof value === "function" || typeof value === "symbol") return { [sign]: true };
  if (typeof value !== "object" || value === null) return value;
  if (seen.includes(value)) throw new TypeError("the migration contains itself");
  const next = [...seen, value];
  if (Array.isArray(value)) return value.map((each) => plain(each, next));
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).map(([key, each]) => [key, plain(each, next)]));
}
createJiti(path, options)
  .import(path)
  .then((module) => {
    const value = module.default;
    const operations = Array.isArray(value?.operations) ? value.operations : [];
    const stacks = operations.map((each) => String(each?.[Symbol.for("shoofly.made-at")] ?? ""));
    parentPort.postMessage({ kind: "loaded", value: plain(value, []), stacks });
  })
  .catch((error) => {
    const isError = typeof error === "object" && error !== null && "message" in error;
    parentPort.postMessage({ kind: "failed", message: String(isError ? error.message : error), stack: String(error?.stack ?? "") });
  });
`;

/** The language's entry beside this file: TypeScript in a checkout, JavaScript in the package. */
function languageEntry(): string {
  const entry = fileURLToPath(new URL("../define/index.ts", import.meta.url));
  return existsSync(entry) ? entry : entry.replace(/\.ts$/, ".js");
}

/**
 * @param limitMs how long the import may take
 * @throws MigrationError `file-load-failed`
 */
export async function loadTypescript(file: MigrationFile, limitMs: number = importLimitMs): Promise<LoadedModule> {
  const jiti = createRequire(import.meta.url).resolve("jiti");
  const options: JitiOptions = {
    alias: { shoofly: languageEntry() },
    fsCache: false,
    interopDefault: false,
    tryNative: false,
  };
  const worker = new Worker(threadCode, {
    eval: true,
    workerData: { jiti, options, path: file.path, sign: functionSign },
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: importMemoryMb },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const message = await new Promise<Message>((resolve, reject) => {
      timer = setTimeout(
        () =>
          reject(
            failed(
              file,
              null,
              `The import did not end within ${limitMs / 1_000} s.`,
              "A migration file declares data: take out whatever waits or loops.",
            ),
          ),
        limitMs,
      );
      worker.once("message", resolve);
      worker.once("error", (error) => reject(failed(file, null, `The import failed: ${error.message}.`, repair)));
      worker.once("exit", () =>
        reject(failed(file, null, "The import ended the process before the file was read.", repair)),
      );
    });
    if (message.kind === "failed")
      throw failed(file, placeIn(message.stack, file), `The import failed: ${firstLine(message.message)}`, repair);
    return { value: message.value, places: message.stacks.map((stack) => placeIn(stack, file)) };
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

const repair = "Mend the file. Its default export is the value of defineMigration({ … }).";

function failed(
  file: MigrationFile,
  place: { readonly line: number; readonly column: number } | null,
  happened: string,
  remedy: string,
): MigrationError {
  const at = place === null ? "" : `:${place.line}:${place.column}`;
  return new MigrationError("file-load-failed", {
    happened: `${file.file}${at}: ${happened}`,
    safeNext: [remedy],
    doNot: "Nothing ran.",
    details: { file: file.file, ...place },
  });
}

function firstLine(message: string): string {
  const line = message.split("\n")[0]?.trim() ?? "";
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** The first frame of the file itself. The compiler keeps the lines of the source but not its columns: the line's begin is meant. */
function placeIn(stack: string, file: MigrationFile): { line: number; column: number } | null {
  const at = stack.indexOf(`${file.path}:`);
  const found = at === -1 ? null : /^:(\d+):(\d+)/.exec(stack.slice(at + file.path.length));
  if (found === null) return null;
  const line = Number(found[1]);
  const column = (file.text.split("\n")[line - 1] ?? "").search(/\S/) + 1;
  return { line, column: Math.max(1, column) };
}
