// What a sink of events is. It watches a run and cannot influence it.
import type { Emit } from "../core/event.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface Observer {
  readonly emit: Emit;
  /** Takes what is only for the moment off the screen; lines stay. May be called twice. */
  close(): void;
}

export interface ObserverInput {
  readonly terminal: Terminal;
  /** `start 0042_split_name   app@db1:5432` */
  readonly title: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds; injected so that tests need not wait. */
  readonly now: () => number;
}
