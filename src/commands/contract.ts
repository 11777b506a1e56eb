// What a command is: its words on the command line and a `run` that calls the project and gives back an answer.
// Command files import nothing heavy at the top, so that `--help` stays fast; `run` loads what it needs.
import type { Terminal } from "../terminal/terminal.ts";

/** Every option of every command, as commander names them. */
export interface Options {
  readonly db?: string;
  readonly migrations?: string;
  readonly schema?: string;
  readonly config?: string;
  readonly accept?: string;
  readonly acceptDrift?: boolean;
  readonly archive?: boolean;
  readonly baseline?: string;
  readonly confirm?: string;
  readonly failOn?: string;
  readonly fix?: boolean;
  readonly format?: string;
  readonly gate?: string;
  readonly limit?: string;
  readonly lockBudget?: string;
  readonly output?: string;
  readonly pg?: string;
  readonly plan?: string;
  readonly reason?: string;
  readonly repair?: boolean;
  readonly report?: string;
  readonly rounds?: string;
  readonly rows?: string;
  readonly since?: string;
  readonly sql?: boolean;
  readonly stats?: string;
  readonly timeout?: string;
  readonly to?: string;
  readonly ts?: boolean;
  readonly until?: string;
  readonly url?: boolean;
  readonly versions?: string;
  readonly waitFor?: string;
  readonly watch?: boolean;
  readonly workers?: string;
}

export interface Call {
  /** The command's argument; empty when it was not given. */
  readonly name: string;
  /** All of them, for a command that takes several. */
  readonly names: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  /** First signal: stop at the next checkpoint. */
  readonly stop: AbortSignal;
  /** Second signal: cancel the running statement. */
  readonly cancel: AbortSignal;
}

/** What goes to stdout: the document with `--json`, else the text. */
export interface Answer {
  readonly document: object;
  readonly text: string;
  readonly exitCode?: number;
}

export interface Command {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** Shown below the options: examples and what to know. */
  readonly help: string;
  readonly argument: {
    readonly name: string;
    readonly required: boolean;
    readonly summary: string;
    /** It takes any number of them. */
    readonly isList?: boolean;
  } | null;
  /** Flags in commander's syntax, and one line each. */
  readonly options: readonly (readonly [flags: string, summary: string])[];
  /** It stops at a checkpoint when it gets a signal; a command without checkpoints changes nothing and simply ends. */
  readonly hasCheckpoints: boolean;
  run(call: Call): Promise<Answer>;
}
