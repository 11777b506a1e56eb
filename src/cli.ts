#!/usr/bin/env node
// The command line: reads the words, runs one command, prints its answer or its failure, and sets the exit code.
import { Command as Commander, CommanderError, Option } from "commander";
import type { Answer, Call, Command, Options } from "./commands/contract.ts";
import { globalOptions } from "./commands/global-options.ts";
import { commands } from "./commands/index.ts";
import { MigrationError } from "./core/error.ts";
import { toolVersion } from "./core/version.ts";
import { storedError } from "./engine/failure.ts";
import { asMigrationError, failureText } from "./terminal/failure.ts";
import { watchSignals, type Signals } from "./terminal/signals.ts";
import { openTerminal, tolerateClosedPipes, type ProgressMode, type Terminal } from "./terminal/terminal.ts";

/** Options of every command. Commander accepts them before and after the command's name. */
interface GlobalOptions extends Options {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly input: boolean;
  readonly progress: ProgressMode;
  readonly debug?: boolean;
}

type Run = (command: Command, names: readonly string[], options: GlobalOptions) => Promise<void>;

function addCommand(program: Commander, command: Command, run: Run): void {
  const sub = program.command(command.name).summary(command.summary).description(command.summary);
  for (const [flags, summary] of command.options) sub.option(flags, summary);
  if (command.help !== "") sub.addHelpText("after", `\n${command.help}`);
  sub.configureHelp({ showGlobalOptions: true });
  const { argument } = command;
  if (argument !== null) {
    const words = argument.isList === true ? `${argument.name}...` : argument.name;
    sub.argument(argument.required ? `<${words}>` : `[${words}]`, argument.summary);
  }
  sub.action(async (...given: unknown[]) => {
    const names = argument === null ? [] : [given[0]].flat().filter((each) => typeof each === "string");
    await run(command, names, sub.optsWithGlobals<GlobalOptions>());
  });
}

function makeProgram(run: Run): Commander {
  const program = new Commander("shoofly")
    .description("Changes the schema and data of a live PostgreSQL database while the application keeps running.")
    .usage("COMMAND [options]")
    .version(toolVersion, "-V, --version", "print the version")
    .exitOverride()
    // Messages of commander come as exceptions; they are printed in our own layout.
    .configureOutput({ outputError: () => undefined });
  for (const [flags, summary] of globalOptions) program.option(flags, summary);
  const progress = new Option("--progress <mode>", "auto, live, plain or none").default("auto");
  program.addOption(progress.choices(["auto", "live", "plain", "none"]));
  for (const command of commands) addCommand(program, command, run);
  return program.addHelpText(
    "after",
    "\nStart here: shoofly demo · shoofly new NAME · shoofly plan NAME · shoofly start NAME",
  );
}

/** Commander's refusals as failures of ours; null when it only printed help or the version. */
function usageError(error: CommanderError): MigrationError | null {
  if (error.exitCode === 0) return null;
  if (error.code === "commander.help") {
    return new MigrationError("usage", { happened: "No command was given.", safeNext: ["shoofly --help"] });
  }
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const meant = /Did you mean (?:one of )?(.+)\?/.exec(suggestion ?? "")?.[1]?.split(", ") ?? [];
  return new MigrationError("usage", {
    happened: `${message.charAt(0).toUpperCase()}${message.slice(1)}.${suggestion === undefined ? "" : ` ${suggestion.slice(1, -1)}`}`,
    safeNext: [...meant.map((word) => (word.startsWith("-") ? word : `shoofly ${word}`)), "shoofly --help"],
  });
}

function printAnswer(terminal: Terminal, answer: Answer, json: boolean): void {
  const { out } = terminal;
  out.write(json ? `${JSON.stringify(answer.document, null, 2)}\n` : out.style.symbols(answer.text));
  process.exitCode = answer.exitCode ?? 0;
}

async function printFailure(
  thrown: unknown,
  terminal: Terminal,
  options: Partial<GlobalOptions>,
  signals: Signals,
): Promise<void> {
  const error = asMigrationError(thrown);
  const clean = await secretsRemover(options);
  const document = storedError(error);
  if (options.json === true) terminal.out.write(clean(`${JSON.stringify(document, null, 2)}\n`));
  else terminal.err.write(clean(failureText(document, terminal.err.style, terminal.err.width)));
  if (options.debug === true) {
    const cause = error.cause instanceof Error ? error.cause : error;
    terminal.err.write(clean(`${cause.stack ?? String(cause)}\n`));
  }
  process.exitCode = error.code === "interrupted" ? signals.exitCode(error.exitCode) : error.exitCode;
}

/** Takes the passwords of every URL that may be in play out of a text. */
async function secretsRemover(options: Partial<GlobalOptions>): Promise<(text: string) => string> {
  const { withoutSecrets } = await import("./project/target.ts");
  const urls = [options.db, process.env["DATABASE_URL"]].filter((url) => url !== undefined);
  try {
    const { openProject } = await import("./project/config.ts");
    urls.push(openProject(options).url());
  } catch {
    // Without a readable configuration there is no further URL; the failure to print says so already.
  }
  return (text) => withoutSecrets(text, urls);
}

function terminalFor(options: Partial<GlobalOptions>): Terminal {
  return openTerminal({
    color: options.color ?? true,
    input: options.input ?? true,
    quiet: options.quiet ?? false,
    verbose: options.verbose ?? false,
    progress: options.progress ?? "auto",
  });
}

async function main(words: readonly string[]): Promise<void> {
  tolerateClosedPipes();
  const signals = watchSignals();
  // What is known before the words are understood: enough to print a refusal the right way.
  let options: Partial<GlobalOptions> = { json: words.includes("--json"), color: !words.includes("--no-color") };
  process.once("uncaughtException", (error) => {
    void printFailure(error, terminalFor(options), options, signals).finally(() => {
      process.stdout.write("", () => process.stderr.write("", () => process.exit(1)));
    });
  });
  const program = makeProgram(async (command, names, given) => {
    options = given;
    const terminal = terminalFor(given);
    if (command.hasCheckpoints) signals.listen();
    const { stop, cancel } = signals;
    const call: Call = { name: names[0] ?? "", names, options: given, terminal, stop, cancel };
    printAnswer(terminal, await command.run(call), given.json === true);
  });
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (thrown) {
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
    if (error !== null) await printFailure(error, terminalFor(options), options, signals);
  } finally {
    signals.ignore();
  }
}

await main(process.argv.slice(2));
