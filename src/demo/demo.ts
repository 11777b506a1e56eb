// The demo: a real table under load of both application versions, migrated twice, once with a way back in the middle.
import { performance } from "node:perf_hooks";
import type { Emit } from "../core/event.ts";
import type { MigrationState } from "../core/state.ts";
import type { DemoDocument } from "../documents/answers.ts";
import { formatCount } from "../terminal/units.ts";
import type { LoadFailure } from "./load.ts";
import { Round } from "./round.ts";
import { demoSchema, demoVersion, prepareTheatre } from "./stage.ts";
import { Tally, Traffic } from "./traffic.ts";

export interface DemoOptions {
  readonly rows: number;
  /** 1, or 2 with a way back in the second. */
  readonly rounds: number;
  /** A server on this machine to make throw-away databases on; undefined: embedded. */
  readonly url: string | undefined;
  /** One line per thing that happens. */
  readonly note: (line: string) => void;
  readonly emit: Emit;
  readonly stop: AbortSignal;
  readonly cancel: AbortSignal;
}

export interface DemoResult extends DemoDocument {
  readonly server: string;
  readonly reads: number;
  readonly writes: number;
  readonly statementsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly elapsedMs: number;
  readonly firstFailures: readonly LoadFailure[];
  /** Sentences; empty when every check was passed. */
  readonly problems: readonly string[];
  /** No failed statement, no mismatch, no problem. */
  readonly isClean: boolean;
}

const connectionsPerVersion = 4;
const statementsPerSecond = 600;
const writeRatio = 0.5;

/** Runs the demo to its end or until it is stopped; either way the server and everything on it is gone afterwards. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { rows, note } = options;
  const startedAtMs = performance.now();
  note(`loading ${formatCount(rows)} rows`);
  await using theatre = await prepareTheatre({ url: options.url, rows, stop: options.stop });
  note(`${theatre.server} holds the table`);
  const tally = new Tally();
  const states: MigrationState[] = [];
  const problems: string[] = [];
  const rates: number[] = [];
  let mismatched = 0;
  for (let number = 1; number <= options.rounds; number += 1) {
    options.stop.throwIfAborted();
    const isWithWayBack = number > 1;
    const stage = await theatre.open();
    const verbs = `start, complete${isWithWayBack ? ", rollback, start, complete" : ""}, purge`;
    note(`round ${number}: a plan of ${stage.steps} steps; ${verbs}`);
    const traffic = new Traffic(
      {
        url: stage.url,
        schema: demoSchema,
        versionSchema: demoVersion,
        rows,
        connectionsPerVersion,
        statementsPerSecond,
        writeRatio,
      },
      tally,
      number * 100,
    );
    const { emit, stop, cancel } = options;
    const result = await new Round({ controls: { emit, stop, cancel }, note, rows }, stage, traffic).play(
      isWithWayBack,
    );
    states.push(...result.states);
    problems.push(...result.problems.map((problem) => `round ${number}: ${problem}`));
    rates.push(...result.rowsPerSecond);
    mismatched += result.mismatched;
  }
  const totals = tally.totals();
  return {
    schema: "shoofly.demo/1",
    rows,
    statements: totals.statements,
    failedStatements: totals.failed,
    slowestWaitMs: Math.round(totals.slowestWaitMs),
    rowsPerSecond: Math.round(medianOf(rates)),
    mismatched,
    states,
    server: theatre.server,
    reads: totals.reads,
    writes: totals.writes,
    statementsPerSecond: Math.round(totals.statementsPerSecond),
    p50Ms: tenths(totals.p50Ms),
    p95Ms: tenths(totals.p95Ms),
    p99Ms: tenths(totals.p99Ms),
    elapsedMs: Math.round(performance.now() - startedAtMs),
    firstFailures: totals.firstFailures,
    problems,
    isClean: totals.failed === 0 && mismatched === 0 && problems.length === 0,
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
