// The clients of the demo: which versions run at a moment, and what all of them together have seen so far.
import { performance } from "node:perf_hooks";
import { Latency } from "./latency.ts";
import { type Load, type LoadCounters, type LoadFailure, startLoad } from "./load.ts";
import type { LoadVersion } from "./load-shape.ts";

export interface Totals {
  readonly statements: number;
  readonly reads: number;
  readonly writes: number;
  readonly failed: number;
  readonly firstFailures: readonly LoadFailure[];
  readonly slowestWaitMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** While clients were running. */
  readonly statementsPerSecond: number;
}

/** What committed statements added to the table, by the clients' own account. */
export interface Sums {
  readonly rows: number;
  readonly cents: number;
  readonly quantity: number;
}

export interface TrafficOptions {
  readonly url: string;
  readonly schema: string;
  readonly versionSchema: string;
  /** Shared rows 1 … n. */
  readonly rows: number;
  readonly connectionsPerVersion: number;
  /** Of all clients together, whichever versions run. */
  readonly statementsPerSecond: number;
  readonly writeRatio: number;
}

/** Counts that live longer than one database. */
export class Tally {
  readonly #latency = new Latency();
  readonly #firstFailures: LoadFailure[] = [];
  #statements = 0;
  #reads = 0;
  #writes = 0;
  #failed = 0;
  #busyMs = 0;

  add(load: Load, counters: LoadCounters): void {
    load.addWaitsTo(this.#latency);
    this.#statements += counters.statements;
    this.#reads += counters.reads;
    this.#writes += counters.writes;
    this.#failed += counters.failed;
    this.#firstFailures.push(...counters.firstFailures.slice(0, 20 - this.#firstFailures.length));
  }

  addTime(busyMs: number): void {
    this.#busyMs += busyMs;
  }

  totals(): Totals {
    const { slowestMs, p50Ms, p95Ms, p99Ms } = this.#latency.summary();
    return {
      statements: this.#statements,
      reads: this.#reads,
      writes: this.#writes,
      failed: this.#failed,
      firstFailures: this.#firstFailures,
      slowestWaitMs: slowestMs,
      p50Ms,
      p95Ms,
      p99Ms,
      statementsPerSecond: (this.#statements * 1000) / Math.max(1, this.#busyMs),
    };
  }
}

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #tally: Tally;
  readonly #running = new Map<LoadVersion, Load>();
  readonly #ledger = { rows: 0, cents: 0, quantity: 0, uncertain: 0 };
  #busySince: number | null = null;
  #seed: number;

  constructor(options: TrafficOptions, tally: Tally, seed: number) {
    this.#options = options;
    this.#tally = tally;
    this.#seed = seed;
  }

  async enter(version: LoadVersion): Promise<void> {
    const { statementsPerSecond, connectionsPerVersion, versionSchema, ...options } = this.#options;
    this.#seed += 1;
    const load = await startLoad({
      ...options,
      version,
      versionSchema: version === "new" ? versionSchema : null,
      connections: connectionsPerVersion,
      statementsPerSecond,
      seed: this.#seed,
    });
    this.#busySince ??= performance.now();
    this.#running.set(version, load);
    this.#shareRate();
  }

  async leave(version: LoadVersion): Promise<void> {
    const load = this.#running.get(version);
    if (load === undefined) return;
    this.#running.delete(version);
    this.#shareRate();
    const counters = await load.stop();
    this.#tally.add(load, counters);
    this.#ledger.rows += counters.ledger.rows;
    this.#ledger.cents += counters.ledger.cents;
    this.#ledger.quantity += counters.ledger.quantity;
    this.#ledger.uncertain += counters.ledger.uncertain;
    if (this.#running.size > 0 || this.#busySince === null) return;
    this.#tally.addTime(performance.now() - this.#busySince);
    this.#busySince = null;
  }

  async end(): Promise<void> {
    for (const version of Array.from(this.#running.keys())) await this.leave(version);
  }

  /** `12,345 statements, 0 failed, slowest wait 12 ms`: of the running clients and of those that have left. */
  account(): { readonly statements: number; readonly failed: number; readonly slowestWaitMs: number } {
    const before = this.#tally.totals();
    const running = [...this.#running.values()].map((load) => load.counters());
    return {
      statements: running.reduce((sum, { statements }) => sum + statements, before.statements),
      failed: running.reduce((sum, { failed }) => sum + failed, before.failed),
      slowestWaitMs: running.reduce((slowest, load) => Math.max(slowest, load.slowestWaitMs), before.slowestWaitMs),
    };
  }

  /** What the table must have gained; null when a connection was lost at a commit, so that nobody can say. */
  ledger(): Sums | null {
    const { uncertain, ...sums } = this.#ledger;
    return uncertain === 0 ? sums : null;
  }

  #shareRate(): void {
    for (const load of this.#running.values()) {
      load.setRate(this.#options.statementsPerSecond / this.#running.size);
    }
  }
}
