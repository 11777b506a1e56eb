// Progress of a fill from measured slices: how far by key position, how fast lately, and how long still. Pure; the clock is passed in.
import type { Progress } from "../core/event.ts";

interface Sample {
  readonly atMs: number;
  readonly rows: number;
  readonly ratio: number;
}

const windowMs = 10_000;
const sampleEveryMs = 250;

export class ProgressMeter {
  readonly #startedAtMs: number;
  readonly #samples: Sample[] = [];
  readonly #rowsEstimate: number;
  readonly #rowsAtStart: number;
  #rows: number;
  /** Position of the done keys; null where nothing is known about positions and rows have to do. */
  #ratio: number | null;
  #highest = 0;

  constructor(start: {
    readonly atMs: number;
    readonly rows: number;
    readonly ratio: number | null;
    readonly rowsEstimate: number;
  }) {
    this.#startedAtMs = start.atMs;
    this.#rows = start.rows;
    this.#rowsAtStart = start.rows;
    this.#ratio = start.ratio;
    this.#rowsEstimate = start.rowsEstimate;
    this.#sample(start.atMs);
  }

  /** @param share part of the whole key range that the slice covered; null when unknown */
  add(slice: { readonly rows: number; readonly share: number | null }, nowMs: number): void {
    this.#rows += slice.rows;
    this.#ratio = slice.share === null || this.#ratio === null ? null : this.#ratio + slice.share;
    this.#sample(nowMs);
  }

  read(nowMs: number): Progress {
    const ratio = this.#currentRatio();
    const base = this.#samples.find((sample) => sample.atMs >= nowMs - windowMs) ?? this.#samples.at(-1);
    const seconds = Math.max(0.001, (nowMs - (base?.atMs ?? nowMs)) / 1_000);
    const rowsPerSecond = Math.round((this.#rows - (base?.rows ?? this.#rows)) / seconds);
    return {
      ratio,
      rows: this.#rows,
      rowsEstimate: Math.max(this.#rowsEstimate, this.#rows),
      rowsPerSecond,
      etaSeconds: this.#eta(ratio, (ratio - (base?.ratio ?? ratio)) / seconds, nowMs),
      throttledBy: null,
    };
  }

  /** Nothing is left to do: 1, whatever the estimates said. */
  finish(nowMs: number): Progress {
    const { rows } = this.read(nowMs);
    const seconds = Math.max(0.001, (nowMs - this.#startedAtMs) / 1_000);
    const rowsPerSecond = Math.round((rows - this.#rowsAtStart) / seconds);
    return { ratio: 1, rows, rowsEstimate: rows, rowsPerSecond, etaSeconds: 0, throttledBy: null };
  }

  /** Never backwards, and below 1 until the end: estimates are estimates. */
  #currentRatio(): number {
    const byRows = this.#rowsEstimate === 0 ? 0 : this.#rows / this.#rowsEstimate;
    this.#highest = Math.max(this.#highest, Math.min(0.99, this.#ratio ?? byRows));
    return this.#highest;
  }

  #eta(ratio: number, ratioPerSecond: number, nowMs: number): number | null {
    const isEarly = ratio < 0.01 && nowMs - this.#startedAtMs < windowMs;
    return isEarly || ratioPerSecond <= 0 ? null : Math.round((1 - ratio) / ratioPerSecond);
  }

  #sample(nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.atMs < sampleEveryMs) return;
    this.#samples.push({ atMs: nowMs, rows: this.#rows, ratio: this.#currentRatio() });
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? nowMs) < nowMs - windowMs) this.#samples.shift();
  }
}

/** What the other fills of the same plan have done and still have to do. */
export interface OtherFills {
  readonly rowsDone: number;
  /** Weights are estimated rows. */
  readonly weightDone: number;
  readonly weightPending: number;
}

/** One figure for the whole migration, so that it does not go back to 0 with every table. */
export function combineProgress(progress: Progress, weight: number, others: OtherFills): Progress {
  const whole = weight + others.weightDone + others.weightPending;
  if (others.weightDone + others.weightPending === 0 || whole === 0) return progress;
  const pendingSeconds = progress.rowsPerSecond > 0 ? others.weightPending / progress.rowsPerSecond : null;
  return {
    ...progress,
    ratio: Math.min(1, (others.weightDone + progress.ratio * weight) / whole),
    rows: others.rowsDone + progress.rows,
    rowsEstimate: others.rowsDone + progress.rowsEstimate + others.weightPending,
    etaSeconds:
      progress.etaSeconds === null || pendingSeconds === null ? null : Math.round(progress.etaSeconds + pendingSeconds),
  };
}
