// Waits in buckets that grow by two percent: percentiles of any number of statements in constant memory.

const growth = Math.log(1.02);
const smallestMs = 0.01;

export interface LatencySummary {
  readonly count: number;
  readonly slowestMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export class Latency {
  readonly #buckets: number[] = [];
  #count = 0;
  #slowestMs = 0;

  add(waitMs: number): void {
    const bucket = waitMs <= smallestMs ? 0 : Math.ceil(Math.log(waitMs / smallestMs) / growth);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#slowestMs = Math.max(this.#slowestMs, waitMs);
  }

  addAll(other: Latency): void {
    other.#buckets.forEach((count, bucket) => {
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + count;
    });
    this.#count += other.#count;
    this.#slowestMs = Math.max(this.#slowestMs, other.#slowestMs);
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      slowestMs: this.#slowestMs,
      p50Ms: this.#percentile(0.5),
      p95Ms: this.#percentile(0.95),
      p99Ms: this.#percentile(0.99),
    };
  }

  #percentile(share: number): number {
    const rank = Math.ceil(this.#count * share);
    let seen = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      seen += count ?? 0;
      if (seen >= rank && rank > 0) return Math.min(smallestMs * Math.exp(bucket * growth), this.#slowestMs);
    }
    return 0;
  }
}
