// Percentiles of the wait buckets against exact ones.
import { expect, test } from "vitest";
import { Latency } from "./latency.ts";

test("percentiles are within two percent of the exact ones", () => {
  const latency = new Latency();
  for (let wait = 1; wait <= 1000; wait++) latency.add(wait);
  const { count, slowestMs, p50Ms, p95Ms, p99Ms } = latency.summary();
  expect(count).toBe(1000);
  expect(slowestMs).toBe(1000);
  expect(p50Ms / 500).toBeCloseTo(1.01, 1);
  expect(p95Ms / 950).toBeCloseTo(1.01, 1);
  expect(p99Ms / 990).toBeCloseTo(1.01, 1);
});

test("two recorders add up, and an empty one reads zero", () => {
  const one = new Latency();
  const two = new Latency();
  expect(one.summary()).toEqual({ count: 0, slowestMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 });
  one.add(1);
  two.add(100);
  two.add(0);
  one.addAll(two);
  expect(one.summary().count).toBe(3);
  expect(one.summary().slowestMs).toBe(100);
  expect(one.summary().p99Ms).toBe(100);
});
