// The console sink: redraws a few lines on a terminal, else prints one line per decision and a progress line now and then.
import type { Event, Progress } from "../core/event.ts";
import type { Sink, Terminal } from "../terminal/terminal.ts";
import type { Observer, ObserverInput } from "./contract.ts";
import { liveLines, lineOf, progressText } from "./lines.ts";
import { emptyView, foldView, type RunView } from "./run-view.ts";

const redrawMs = 100;

/** Live redraw needs a terminal that can move its cursor, and nobody who records it line by line. */
export function isLive({ terminal, env }: Pick<ObserverInput, "terminal" | "env">): boolean {
  if (terminal.progress !== "auto") return terminal.progress === "live";
  return terminal.err.isTty && env["TERM"] !== "dumb" && (env["CI"] ?? "") === "";
}

/** Pause between two progress lines of a step: dense in its first half minute and at its end, else 30 s. */
function pauseMs(sinceStepMs: number, progress: Progress): number {
  if (sinceStepMs < 30_000) return 5_000;
  return progress.ratio > 0.97 ? 10_000 : 30_000;
}

class PlainPrinter {
  readonly #sink: Sink;
  readonly #input: ObserverInput;
  #stepAt = 0;
  #printedAt = 0;

  constructor(input: ObserverInput) {
    this.#sink = input.terminal.err;
    this.#input = input;
  }

  line(text: string): void {
    this.#sink.write(this.#sink.style.symbols(`${new Date(this.#input.now()).toISOString().slice(0, 19)}Z ${text}\n`));
  }

  on(event: Event): void {
    const now = this.#input.now();
    if (event.type === "step.started") {
      this.#stepAt = now;
      this.#printedAt = now;
    }
    if (event.type === "progress.changed" && this.#input.terminal.verbosity !== "quiet") {
      if (now - this.#printedAt < pauseMs(now - this.#stepAt, event.progress)) return;
      this.#printedAt = now;
      this.line(`${event.step} ${progressText(event.progress)}`);
    }
    if (isShown(event, this.#input.terminal)) this.line(printed(event, this.#sink));
  }
}

function isShown(event: Event, terminal: Terminal): boolean {
  const line = lineOf(event);
  if (line === null) return false;
  if (terminal.verbosity === "verbose") return true;
  if (terminal.verbosity === "quiet") return event.type === "warning.raised" || event.type === "connection.lost";
  return !line.isDetail;
}

function printed(event: Event, sink: Sink): string {
  const line = lineOf(event);
  return line === null ? "" : `${sink.style.paint(line.tone, line.symbol)} ${line.text}`;
}

class LivePrinter {
  readonly #sink: Sink;
  readonly #input: ObserverInput;
  readonly #startedAt: number;
  #view: RunView = emptyView;
  #drawn = 0;
  #drawnAt = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(input: ObserverInput) {
    this.#sink = input.terminal.err;
    this.#input = input;
    this.#startedAt = input.now();
    this.#timer = setInterval(() => this.#draw(), 1000).unref();
  }

  #erase(): string {
    return this.#drawn === 0 ? "" : `\u001B[${this.#drawn}A\u001B[0J`;
  }

  #draw(above = ""): void {
    const now = this.#input.now();
    const { title } = this.#input;
    const lines = liveLines(this.#view, title, now - this.#startedAt, this.#sink.style, this.#sink.width);
    this.#sink.write(`${this.#erase()}${above}${lines.join("\n")}\n`);
    this.#drawn = lines.length;
    this.#drawnAt = now;
  }

  on(event: Event): void {
    this.#view = foldView(this.#view, event);
    const above = isShown(event, this.#input.terminal)
      ? `${this.#sink.style.symbols(printed(event, this.#sink))}\n`
      : "";
    if (above !== "" || this.#input.now() - this.#drawnAt >= redrawMs) this.#draw(above);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#sink.write(this.#erase());
    this.#drawn = 0;
  }
}

export function consoleObserver(input: ObserverInput): Observer {
  const { terminal } = input;
  if (terminal.progress === "none") {
    return { emit: () => undefined, close: () => undefined };
  }
  if (terminal.verbosity === "quiet" || !isLive(input)) {
    const printer = new PlainPrinter(input);
    return { emit: (event) => printer.on(event), close: () => undefined };
  }
  const printer = new LivePrinter(input);
  const close = (): void => printer.close();
  return { emit: (event) => printer.on(event), close };
}
