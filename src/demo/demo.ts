// The demo: a real table under load of both application versions, migrated twice, once with a way back in the middle.
import { setTimeout as sleep } from "node:timers/promises";
import type { Emit, Event } from "../core/event.ts";
import type { MigrationState } from "../core/state.ts";
import type { DemoDocument } from "../documents/answers.ts";
import type { RunControls } from "../project/verbs.ts";
import { changeMigration, startMigration } from "../project/verbs.ts";
import type { Load, LoadFailure } from "./load.ts";
import { startLoad } from "./load.ts";
import type { LoadVersion } from "./load-shape.ts";
import type { Stage } from "./stage.ts";
import { demoMigration, demoVersion, prepareTheatre } from "./stage.ts";

export interface DemoOptions {
  readonly rows: number;
  /** 1, or 2 with a rollback in the second. */
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
  readonly elapsedMs: number;
  readonly firstFailures: readonly LoadFailure[];
}

const connectionsPerVersion = 4;
/** Together at least 500 a second whenever clients run; alone each version brings enough. */
const ratePerVersion = 600;
const writeRatio = 0.5;
/** How long both versions work side by side, or one works in a state worth watching. */
const watchMs = 2500;

/** Counts over all loads that have run. */
interface Tally {
  statements: number;
  reads: number;
  writes: number;
  failed: number;
  slowestWaitMs: number;
  loadMs: number;
  readonly firstFailures: LoadFailure[];
}

/** Runs the demo to its end; the server and everything on it is gone afterwards. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const startedAtMs = performance.now();
  options.note(`loading ${options.rows.toLocaleString("en-US")} rows`);
  await using theatre = await prepareTheatre({ url: options.url, rows: options.rows });
  options.note(`${theatre.server} holds the table`);
  const tally: Tally = { statements: 0, reads: 0, writes: 0, failed: 0, slowestWaitMs: 0, loadMs: 0, firstFailures: [] };
  const states: MigrationState[] = [];
  const rates: number[] = [];
  let mismatched = 0;
  for (let round = 1; round <= options.rounds; round += 1) {
    options.stop.throwIfAborted();
    const isWithReturn = round > 1;
    options.note(`round ${round}: start, complete${isWithReturn ? ", rollback, start, complete" : ""}, purge`);
    const run = new Round(options, await theatre.open(), tally, rates);
    try {
      states.push(...(await run.play(isWithReturn)));
    } finally {
      await run.stopLoads();
    }
    mismatched += run.mismatched;
  }
  return {
    schema: "shoofly.demo/1",
    rows: options.rows,
    statements: tally.statements,
    failedStatements: tally.failed,
    slowestWaitMs: Math.round(tally.slowestWaitMs),
    rowsPerSecond: Math.round(medianOf(rates)),
    mismatched,
    states,
    server: theatre.server,
    reads: tally.reads,
    writes: tally.writes,
    statementsPerSecond: Math.round((tally.statements * 1000) / Math.max(1, tally.loadMs)),
    elapsedMs: Math.round(performance.now() - startedAtMs),
    firstFailures: tally.firstFailures,
  };
}

/** One database's life: which clients run at which moment. */
class Round {
  mismatched = 0;
  readonly #options: DemoOptions;
  readonly #stage: Stage;
  readonly #tally: Tally;
  readonly #rates: number[];
  readonly #loads = new Map<LoadVersion, { load: Load; startedAtMs: number }>();
  #seed = 1;

  constructor(options: DemoOptions, stage: Stage, tally: Tally, rates: number[]) {
    this.#options = options;
    this.#stage = stage;
    this.#tally = tally;
    this.#rates = rates;
  }

  async play(isWithReturn: boolean): Promise<MigrationState[]> {
    const states: MigrationState[] = [];
    await this.#enter("old");
    states.push(await this.#toCompleted());
    if (isWithReturn) {
      states.push("completed", await this.#backAndForth());
    }
    this.mismatched += await this.#stage.mismatched();
    states.push("completed", await this.#change("purge"));
    await sleep(watchMs / 2);
    return states;
  }

  async stopLoads(): Promise<void> {
    for (const version of [...this.#loads.keys()]) await this.#leave(version);
  }

  /** Old clients throughout; new ones as soon as their version is offered; the old ones leave before it closes. */
  async #toCompleted(): Promise<MigrationState> {
    const ready = await this.#start();
    await this.#enter("new");
    this.#options.note("both versions write the same rows");
    await sleep(watchMs);
    await this.#leave("old");
    await this.#change("complete");
    await sleep(watchMs / 2);
    return ready;
  }

  async #backAndForth(): Promise<MigrationState> {
    this.#options.note("taking it back, with everything that was written since");
    await this.#leave("new");
    await this.#change("rollback");
    await this.#enter("old");
    await sleep(watchMs / 2);
    return await this.#toCompleted();
  }

  async #start(): Promise<MigrationState> {
    const document = await startMigration(this.#stage.project, { name: demoMigration }, this.#controls());
    return document.migrations[0]?.state ?? "pending";
  }

  async #change(verb: "complete" | "rollback" | "purge"): Promise<MigrationState> {
    const document = await changeMigration(this.#stage.project, { name: demoMigration, verb }, this.#controls());
    return document.migrations[0]?.state ?? "pending";
  }

  #controls(): RunControls {
    const observe = (event: Event): void => {
      if (event.type === "step.finished" && event.phase === "backfill") {
        this.#rates.push((this.#options.rows * 1000) / Math.max(1, event.elapsedMs));
      }
      this.#options.emit(event);
    };
    return { emit: observe, stop: this.#options.stop, cancel: this.#options.cancel };
  }

  async #enter(version: LoadVersion): Promise<void> {
    const load = await startLoad({
      url: this.#stage.url,
      version,
      schema: "public",
      versionSchema: version === "new" ? demoVersion : null,
      connections: connectionsPerVersion,
      statementsPerSecond: ratePerVersion,
      writeRatio,
      rows: this.#options.rows,
      seed: this.#seed++,
    });
    this.#loads.set(version, { load, startedAtMs: performance.now() });
  }

  async #leave(version: LoadVersion): Promise<void> {
    const running = this.#loads.get(version);
    if (running === undefined) return;
    this.#loads.delete(version);
    const counters = await running.load.stop();
    const tally = this.#tally;
    tally.statements += counters.statements;
    tally.reads += counters.reads;
    tally.writes += counters.writes;
    tally.failed += counters.failed;
    tally.slowestWaitMs = Math.max(tally.slowestWaitMs, counters.slowestWaitMs);
    tally.loadMs += performance.now() - running.startedAtMs;
    tally.firstFailures.push(...counters.firstFailures);
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
