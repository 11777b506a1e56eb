// The two output streams of the process: stdout carries the answer, stderr everything else.
import { makeStyle, type Style } from "./style.ts";

export interface Sink {
  readonly isTty: boolean;
  readonly width: number;
  readonly style: Style;
  write(text: string): void;
}

export type ProgressMode = "auto" | "live" | "plain" | "none";

export interface Terminal {
  readonly out: Sink;
  readonly err: Sink;
  readonly verbosity: "quiet" | "normal" | "verbose";
  readonly progress: ProgressMode;
  /** A person can be asked: stdin and stderr are terminals and `--no-input` is absent. */
  readonly canAsk: boolean;
}

export interface TerminalOptions {
  readonly color: boolean;
  readonly input: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly progress: ProgressMode;
}

/** Width of texts in a pipe or a file. */
const widthWithoutTerminal = 120;

function sinkOf(stream: NodeJS.WriteStream, color: boolean): Sink {
  const style = makeStyle({ isTty: stream.isTTY, color, env: process.env });
  return {
    isTty: stream.isTTY,
    get width() {
      // A terminal that knows no size says 0.
      return stream.isTTY && stream.columns > 0 ? Math.max(60, stream.columns) : widthWithoutTerminal;
    },
    style,
    write: (text) => void stream.write(text),
  };
}

/** A reader that went away (`| head -1`) is no failure: what it did not want is dropped. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

export function openTerminal(options: TerminalOptions): Terminal {
  return {
    out: sinkOf(process.stdout, options.color),
    err: sinkOf(process.stderr, options.color),
    verbosity: options.quiet ? "quiet" : options.verbose ? "verbose" : "normal",
    progress: options.progress,
    canAsk: options.input && process.stdin.isTTY && process.stderr.isTTY,
  };
}
