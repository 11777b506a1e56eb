// Named points between effect and record, where the crash tests end the process. In production a point returns at once.

export const crashPoints = [
  "lease:after-take",
  "journal:after-plan",
  "step:before-run",
  "step:before-commit",
  "step:after-commit",
  "step:after-effect",
  "chunk:after-claim",
  "chunk:before-commit",
  "chunk:after-commit",
  "verify:after-check",
  "gate:after-open",
  "undo:before-run",
  "undo:before-commit",
  "undo:after-commit",
  "undo:after-effect",
  "state:before-change",
  "state:after-change",
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Called at every named point with the step's id where there is one. */
export type Crash = (point: CrashPoint, step?: string) => void;

/**
 * Ends this process by SIGKILL at the point named in `SHOOFLY_CRASH_AT`: `point`, `point@step`, or either with `#n` for the n-th time.
 * @param value the variable's content; undefined in production
 */
export function crashFrom(value: string | undefined): Crash {
  if (value === undefined || value === "") return () => undefined;
  const [target = "", times = "1"] = value.split("#");
  const [point, step] = target.split("@");
  let left = Number(times);
  return (at, atStep) => {
    if (at !== point || (step !== undefined && step !== atStep)) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, "SIGKILL");
  };
}
