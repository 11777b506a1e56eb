// The console: which lines appear when, and that the live view erases exactly what it drew.
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Event, Progress } from "../core/event.ts";
import { makeStyle } from "../terminal/style.ts";
import type { Sink, Terminal } from "../terminal/terminal.ts";
import { consoleObserver, isLive } from "./console.ts";
import { emptyView, foldView } from "./run-view.ts";

const env = { LANG: "C.UTF-8", TERM: "xterm" };

function record(isTty: boolean, over: Partial<Terminal> = {}): { terminal: Terminal; written: string[] } {
  const written: string[] = [];
  const style = makeStyle({ isTty: false, color: false, env });
  const sink: Sink = { isTty, width: 80, style, write: (text) => void written.push(text) };
  return { terminal: { out: sink, err: sink, verbosity: "normal", progress: "auto", canAsk: false, ...over }, written };
}

const progress = (ratio: number): Progress => ({
  ratio,
  rows: Math.round(ratio * 1000),
  rowsEstimate: 900,
  rowsPerSecond: 500,
  etaSeconds: 2,
  throttledBy: null,
});

const started: Event = { type: "step.started", step: "backfill.1", phase: "backfill", title: "fill users" };
const finished: Event = {
  type: "step.finished",
  step: "backfill.1",
  phase: "backfill",
  title: "fill users",
  elapsedMs: 31,
};
const moved = (ratio: number): Event => ({ type: "progress.changed", step: "backfill.1", progress: progress(ratio) });

describe("plain lines", () => {
  test("one per decision, and progress at most every 5 s at first, every 30 s later", () => {
    let now = 0;
    const { terminal, written } = record(false);
    const { emit } = consoleObserver({ terminal, title: "t", env, now: () => now });
    emit(started);
    for (let second = 0; second <= 120; second += 1) {
      now = second * 1000;
      emit(moved(second / 200));
    }
    emit(finished);
    const lines = written.map((line) => line.trimEnd());
    expect(lines.filter((line) => line.includes("rows/s"))).toHaveLength(5 + 3);
    expect(lines.at(-1)).toBe("1970-01-01T00:02:00Z ✓ backfill.1 done in 31 ms: fill users");
  });

  test("the row estimate is never below the rows that were counted", () => {
    const { terminal, written } = record(false);
    let now = 0;
    const { emit } = consoleObserver({ terminal, title: "t", env, now: () => now });
    emit(started);
    now = 10_000;
    emit(moved(0.95));
    expect(written.join("")).toContain("95.0 %  950 of ~950 rows");
  });

  test("quiet keeps warnings only, verbose adds chunks", () => {
    const events: Event[] = [started, { type: "warning.raised", message: "look" }, finished];
    const quiet = record(false, { verbosity: "quiet" });
    const loud = record(false, { verbosity: "verbose" });
    for (const { terminal } of [quiet, loud]) {
      const { emit } = consoleObserver({ terminal, title: "t", env, now: () => 0 });
      for (const event of events) emit(event);
    }
    expect(quiet.written).toEqual(["1970-01-01T00:00:00Z ! look\n"]);
    expect(loud.written).toHaveLength(3);
  });

  test("none prints nothing", () => {
    const { terminal, written } = record(true, { progress: "none" });
    consoleObserver({ terminal, title: "t", env, now: () => 0 }).emit(finished);
    expect(written).toEqual([]);
  });
});

test.each([
  [true, "auto", env, true],
  [true, "auto", { ...env, CI: "true" }, false],
  [true, "auto", { ...env, TERM: "dumb" }, false],
  [false, "auto", env, false],
  [true, "plain", env, false],
  [false, "live", env, true],
] as const)("live with terminal=%s, --progress %s, %o: %s", (isTty, mode, environment, expected) => {
  const { terminal } = record(isTty, { progress: mode });
  expect(isLive({ terminal, env: environment })).toBe(expected);
});

describe("the live view", () => {
  test("moves up by exactly the lines it drew before, and leaves none behind", () => {
    let now = 0;
    const { terminal, written } = record(true);
    const observer = consoleObserver({ terminal, title: "start x", env, now: () => now });
    for (const event of [started, moved(0.2), moved(0.4), finished]) {
      now += 200;
      observer.emit(event);
    }
    observer.close();
    let drawn = 0;
    for (const text of written) {
      const up = Number(/\[(\d+)A/.exec(text)?.[1] ?? 0);
      expect(up).toBe(drawn);
      const lines = stripVTControlCharacters(text).split("\n").slice(0, -1);
      const above = lines.filter((line) => line.startsWith("✓ backfill.1 done"));
      drawn = lines.length - above.length;
      for (const line of lines) expect(line.length).toBeLessThan(80);
    }
    expect(drawn).toBe(0);
  });
});

test("the view folds steps, waiting and blockers", () => {
  const blocker = {
    pid: 4,
    user: "web",
    application: "",
    client: null,
    state: null,
    ageMs: 1,
    query: "",
    relation: null,
    mode: null,
  };
  const events: Event[] = [
    { type: "step.started", step: "expand.1", phase: "expand", title: "a" },
    { type: "lock.waited", step: "expand.1", attempt: 2, blockers: [blocker] },
    started,
    { type: "waiting.started", on: "old snapshot" },
  ];
  const view = events.reduce(foldView, emptyView);
  expect(view.step?.id).toBe("backfill.1");
  expect(view.waitingOn).toBe("old snapshot");
  expect(view.blockers).toEqual([]);
});
