// How many rows the next slice and the next chunk take. Pure: measured slices in, sizes out.
// A slice is one transaction: clients wait for its row locks as long as it lasts, so it aims at 60 ms. A chunk is what a worker
// claims at once: 500 ms of work, so that claiming costs little and a crash repeats nothing.

export interface Pace {
  /** Moving average; null before the first slice. */
  readonly rowsPerMs: number | null;
  readonly sliceRows: number;
}

const sliceMs = 60;
/** A slice that takes this long is answered at once; shorter ones only move the average, else every hiccup would cost speed. */
const slowMs = 90;
const chunkMs = 500;
const sliceRowsFirst = 1_000;
const sliceRowsMax = 20_000;
const chunkRowsMax = 200_000;
const growthMax = 1.5;
const smoothing = 0.3;

export function firstPace(): Pace {
  return { rowsPerMs: null, sliceRows: sliceRowsFirst };
}

/** Grows by at most half per slice, shrinks at once after a slow one. */
export function paceAfter(pace: Pace, slice: { readonly rows: number; readonly elapsedMs: number }): Pace {
  if (slice.rows === 0) return pace;
  const measured = slice.rows / Math.max(slice.elapsedMs, 0.1);
  const average = pace.rowsPerMs ?? measured;
  const rowsPerMs = slice.elapsedMs > slowMs ? Math.min(measured, average) : average + smoothing * (measured - average);
  const wanted = Math.min(rowsPerMs * sliceMs, Math.max(pace.sliceRows * growthMax, pace.sliceRows + 1), sliceRowsMax);
  return { rowsPerMs, sliceRows: Math.max(1, Math.floor(wanted)) };
}

/** A slice did not get its rows: try half as many. */
export function paceAfterRefusal(pace: Pace, rows: number): Pace {
  return { rowsPerMs: pace.rowsPerMs, sliceRows: Math.max(1, Math.floor(Math.min(rows, pace.sliceRows) / 2)) };
}

export interface ChunkSize {
  /** Rows between two slice borders: a quarter of a slice, so that a slice may grow and shrink within the chunk. */
  readonly stride: number;
  /** A multiple of the stride. */
  readonly rows: number;
}

export function chunkSize(pace: Pace): ChunkSize {
  const stride = Math.max(1, Math.floor(pace.sliceRows / 4));
  const rows = Math.min(chunkRowsMax, pace.sliceRows * (chunkMs / sliceMs));
  return { stride, rows: Math.max(1, Math.round(rows / stride)) * stride };
}
