// Pace: slices aim at 60 ms, grow slowly, shrink at once, and stay within their bounds whatever is measured.
import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkSize, firstPace, paceAfter, paceAfterRefusal, type Pace } from "./pace.ts";

/** Runs slices against a server that fills so many rows per millisecond. */
function run(rowsPerMs: number, slices: number, from: Pace = firstPace()): Pace {
  let pace = from;
  for (let slice = 0; slice < slices; slice += 1) {
    pace = paceAfter(pace, { rows: pace.sliceRows, elapsedMs: pace.sliceRows / rowsPerMs });
  }
  return pace;
}

test("settles at 60 ms per slice", () => {
  expect(run(120, 20).sliceRows).toBe(7_200);
  expect(run(2, 20).sliceRows).toBe(120);
});

test("grows by half at most and never above 20,000 rows", () => {
  expect(run(10_000, 1).sliceRows).toBe(1_500);
  expect(run(10_000, 30).sliceRows).toBe(20_000);
});

test("shrinks with the first slow slice", () => {
  const fast = run(120, 20);
  expect(paceAfter(fast, { rows: fast.sliceRows, elapsedMs: 600 }).sliceRows).toBe(720);
});

test("halves what was refused, down to one row", () => {
  let pace = run(120, 20);
  pace = paceAfterRefusal(pace, 3_000);
  expect(pace.sliceRows).toBe(1_500);
  for (let refusals = 0; refusals < 20; refusals += 1) pace = paceAfterRefusal(pace, pace.sliceRows);
  expect(pace.sliceRows).toBe(1);
  expect(run(120, 40, pace).sliceRows).toBeGreaterThan(7_100);
});

test("an empty slice says nothing", () => {
  expect(paceAfter(firstPace(), { rows: 0, elapsedMs: 5 })).toEqual(firstPace());
});

test("a chunk is 500 ms of slices, in strides of a quarter of a slice", () => {
  expect(chunkSize(run(120, 20))).toEqual({ stride: 1_800, rows: 59_400 });
  expect(chunkSize({ rowsPerMs: null, sliceRows: 1 })).toEqual({ stride: 1, rows: 8 });
});

test("whatever is measured, sizes stay in their bounds", () => {
  const slice = fc.record({ rows: fc.nat(30_000), elapsedMs: fc.double({ min: 0, max: 100_000, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(fc.tuple(slice, fc.boolean())), (slices) => {
      let pace = firstPace();
      for (const [measured, isRefused] of slices) {
        const before = pace.sliceRows;
        pace = isRefused ? paceAfterRefusal(pace, measured.rows) : paceAfter(pace, measured);
        expect(pace.sliceRows).toBeGreaterThanOrEqual(1);
        expect(pace.sliceRows).toBeLessThanOrEqual(Math.max(1, Math.min(20_000, Math.max(before + 1, before * 1.5))));
        const chunk = chunkSize(pace);
        expect(chunk.rows % chunk.stride).toBe(0);
        expect(chunk.rows).toBeLessThanOrEqual(200_000 + chunk.stride);
      }
    }),
  );
});
