// How long a plan takes and what it needs, as ranges with their basis.

/** What a target does in a second, measured on it or assumed. */
export interface Rates {
  /** Bytes of a table that one session reads and counts. */
  readonly scanBytesPerSecond: number;
  /** Where the number comes from, in a sentence part: `measured on 64 MB of public.orders`. */
  readonly basis: string;
}

/** A small server with its tables on an ordinary SSD: what is assumed where nothing can be measured. */
export const assumedRates: Rates = { scanBytesPerSecond: 400_000_000, basis: "assumed, nothing could be measured" };

export interface Estimate {
  /** Low and high: the time that steps take, without the time that people take between verbs. */
  readonly totalMs: readonly [number, number];
  /** Low and high: disk that the plan needs beside what is there, until purge and the next vacuum. */
  readonly extraDiskBytes: readonly [number, number];
  /** What the ranges rest on, one sentence each. */
  readonly basis: readonly string[];
}

/** What the people who deploy the application do at one border of the plan. */
export interface Deployment {
  readonly before: "start" | "complete" | "purge";
  /** What has to be deployed, or has to be gone, then. */
  readonly application: string;
}
