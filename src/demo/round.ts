// One database's life in the demo: which clients run while which verb changes the table under them, and what is checked when.
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "../core/event.ts";
import type { MigrationState } from "../core/state.ts";
import { changeMigration, type RunControls, startMigration } from "../project/verbs.ts";
import { formatCount, formatMs } from "../terminal/units.ts";
import { demoMigration, type Stage } from "./stage.ts";
import type { Traffic } from "./traffic.ts";

/** How long clients run in a state that is worth watching. */
const watchMs = 2_500;
const shortWatchMs = 1_200;

export interface RoundOptions {
  readonly controls: Required<RunControls>;
  readonly note: (line: string) => void;
  readonly rows: number;
}

export interface RoundResult {
  readonly states: readonly MigrationState[];
  /** Rows that did not agree, over all checks. */
  readonly mismatched: number;
  /** Sentences about what is not as it must be. */
  readonly problems: readonly string[];
  /** Of each fill, under load. */
  readonly rowsPerSecond: readonly number[];
}

export class Round {
  readonly #options: RoundOptions;
  readonly #stage: Stage;
  readonly #traffic: Traffic;
  readonly #states: MigrationState[] = [];
  readonly #problems: string[] = [];
  readonly #rowsPerSecond: number[] = [];
  #mismatched = 0;

  constructor(options: RoundOptions, stage: Stage, traffic: Traffic) {
    this.#options = options;
    this.#stage = stage;
    this.#traffic = traffic;
  }

  /** Clients run from the first moment to the last. With a way back, everything up to `complete` happens twice. */
  async play(isWithWayBack: boolean): Promise<RoundResult> {
    try {
      await this.#traffic.enter("old");
      await this.#watch(shortWatchMs);
      await this.#there();
      if (isWithWayBack) {
        await this.#back();
        await this.#there();
      }
      await this.#agree("after complete", async () => await this.#stage.lagging());
      await this.#verb("purge");
      await this.#watch(shortWatchMs);
    } finally {
      await this.#traffic.end();
    }
    await this.#checkEnd();
    return {
      states: this.#states,
      mismatched: this.#mismatched,
      problems: this.#problems,
      rowsPerSecond: this.#rowsPerSecond,
    };
  }

  /** Old clients run throughout, new ones come when their version is offered, and the old ones leave before the table changes. */
  async #there(): Promise<void> {
    await this.#verb("start");
    await this.#traffic.enter("new");
    this.#note("both versions write the same rows");
    await this.#watch(watchMs);
    await this.#agree("while both versions write", async () => await this.#stage.disagreeing());
    await this.#traffic.leave("old");
    this.#note("the old clients have left");
    await this.#verb("complete");
    await this.#watch(shortWatchMs);
  }

  /** The same the other way round: back to where both versions are offered, then the new clients leave. */
  async #back(): Promise<void> {
    await this.#verb("rollback", "ready");
    await this.#traffic.enter("old");
    this.#note("the old clients are back, with everything that was written since");
    await this.#watch(shortWatchMs);
    await this.#agree("after the way back", async () => await this.#stage.disagreeing());
    await this.#traffic.leave("new");
    this.#note("the new clients have left");
    await this.#verb("rollback");
    await this.#watch(shortWatchMs);
  }

  async #verb(verb: "start" | "complete" | "purge" | "rollback", to?: "ready"): Promise<void> {
    const { project } = this.#stage;
    const name = demoMigration;
    const document =
      verb === "start"
        ? await startMigration(project, { name }, this.#controls())
        : await changeMigration(project, { name, verb, to }, this.#controls());
    const state = document.migrations[0]?.state;
    if (state !== undefined) this.#states.push(state);
    this.#note(`${verb}${to === undefined ? "" : ` --to ${to}`}: ${state ?? "?"}`);
  }

  #controls(): Required<RunControls> {
    const { controls, rows } = this.#options;
    const emit = (event: Event): void => {
      if (event.type === "step.finished" && event.phase === "backfill") {
        this.#rowsPerSecond.push((rows * 1000) / Math.max(1, event.elapsedMs));
      }
      controls.emit(event);
    };
    return { emit, stop: controls.stop, cancel: controls.cancel };
  }

  #note(what: string): void {
    const { statements, failed, slowestWaitMs } = this.#traffic.account();
    this.#options.note(
      `${what}   ${formatCount(statements)} statements, ${formatCount(failed)} failed, slowest wait ${formatMs(slowestWaitMs)}`,
    );
  }

  async #watch(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#options.controls.stop });
  }

  async #agree(when: string, count: () => Promise<number>): Promise<void> {
    const mismatched = await count();
    this.#mismatched += mismatched;
    if (mismatched > 0) this.#problems.push(`${formatCount(mismatched)} rows disagree ${when}`);
  }

  /** Every committed statement must have left its trace, and the table must be what the naive SQL makes of it. */
  async #checkEnd(): Promise<void> {
    const { initial } = this.#stage;
    const sums = await this.#stage.sums();
    const ledger = this.#traffic.ledger();
    if (ledger !== null) {
      for (const what of ["rows", "cents", "quantity"] as const) {
        const expected = initial[what] + ledger[what];
        if (sums[what] === expected) continue;
        this.#mismatched += 1;
        this.#problems.push(
          `the clients account for ${formatCount(expected)} ${what}, the table holds ${formatCount(sums[what])}`,
        );
      }
    }
    this.#problems.push(...(await this.#stage.structureDifferences()));
  }
}
