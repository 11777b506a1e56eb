// Ctrl-C and SIGTERM: the first asks for a stop at the next checkpoint, the second cancels the running statement,
// a third ends the process at once.

export interface Signals {
  readonly stop: AbortSignal;
  readonly cancel: AbortSignal;
  /** From now on signals do not end the process by themselves. */
  listen(): void;
  ignore(): void;
  /** 130 or 143 when a signal came, else the usual code. */
  exitCode(usual: number): number;
}

const exitCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143 };

export function watchSignals(): Signals {
  const stop = new AbortController();
  const cancel = new AbortController();
  let first: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first === null) {
      first = signal;
      process.stderr.write(
        "\nStopping at the next checkpoint; nothing gets lost. Once more: cancel the running statement.\n",
      );
      stop.abort(signal);
      return;
    }
    cancel.abort(signal);
    ignore();
  };
  const ignore = (): void => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  };
  return {
    stop: stop.signal,
    cancel: cancel.signal,
    listen: () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
    },
    ignore,
    exitCode: (usual) => (first === null ? usual : (exitCodes[first] ?? usual)),
  };
}
