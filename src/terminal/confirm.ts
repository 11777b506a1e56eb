// Asks a person before something is changed for good. Without a terminal the name has to be given; it never hangs.
import { createInterface } from "node:readline/promises";
import { MigrationError } from "../core/error.ts";
import type { Terminal } from "./terminal.ts";

export interface Confirmation {
  /** What is shown before the question: target, and what is lost. */
  readonly lines: readonly string[];
  /** The word that stands for what is changed: the migration's name, or the database. */
  readonly name: string;
  /** The name as it was typed; `--confirm` may repeat that. */
  readonly typed: string;
  /** `--confirm` as given. */
  readonly confirm: string | undefined;
  /** The name itself has to be typed, instead of `y`. */
  readonly mustTypeName: boolean;
  /** `shoofly purge NAME` */
  readonly command: string;
}

function missing(happened: string, confirmation: Confirmation): MigrationError {
  return new MigrationError("confirmation-missing", {
    happened,
    safeNext: [`${confirmation.command} --confirm ${confirmation.name}`],
  });
}

/** One line from the terminal; null at the end of the input. */
async function ask(question: string, stop: AbortSignal): Promise<string | null> {
  // Not in raw mode: Ctrl-C stays a signal and stops the run like everywhere else.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const ended = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
    return await Promise.race([lines.question(question, { signal: stop }), ended]);
  } catch (error) {
    if (!stop.aborted) throw error;
    throw new MigrationError("interrupted", {
      happened: "The question was broken off; nothing was changed.",
      outcome: "unchanged",
      safeNext: ["run the command again"],
    });
  } finally {
    lines.close();
  }
}

export async function askYes(terminal: Terminal, question: string, stop: AbortSignal): Promise<boolean> {
  if (!terminal.canAsk) return false;
  const answer = await ask(`${question} [y/N] `, stop);
  return /^y(es)?$/i.test(answer?.trim() ?? "");
}

/** @throws MigrationError `confirmation-missing` */
export async function confirm(terminal: Terminal, confirmation: Confirmation, stop: AbortSignal): Promise<void> {
  const accepted = new Set([confirmation.name, confirmation.typed]);
  if (confirmation.confirm !== undefined) {
    if (accepted.has(confirmation.confirm)) return;
    throw missing(`--confirm says "${confirmation.confirm}", but this is about "${confirmation.name}".`, confirmation);
  }
  if (!terminal.canAsk) throw missing("There is no terminal to ask on, so the name has to be given.", confirmation);
  const { err } = terminal;
  err.write(err.style.symbols(`${confirmation.lines.join("\n")}\n`));
  if (confirmation.mustTypeName) {
    const answer = await ask(`Type ${confirmation.name} to go on: `, stop);
    if (accepted.has(answer?.trim() ?? "")) return;
    throw missing("What was typed is not the name; nothing was changed.", confirmation);
  }
  if (await askYes(terminal, "Go on?", stop)) return;
  throw missing("The answer was not yes; nothing was changed.", confirmation);
}
