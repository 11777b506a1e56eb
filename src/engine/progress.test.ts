// Progress: by key position, never backwards, never 1 before the end; the estimate of the time left comes when there is something to go by.
import fc from "fast-check";
import { expect, test } from "vitest";
import { combineProgress, ProgressMeter } from "./progress.ts";

const start = { atMs: 0, rows: 0, ratio: 0, rowsEstimate: 1_000_000 };

test("speed and time left over the last ten seconds", () => {
  const meter = new ProgressMeter(start);
  for (let second = 1; second <= 20; second += 1)
    meter.add({ rows: 10_000, share: second <= 10 ? 0.001 : 0.02 }, second * 1_000);
  expect(meter.read(20_000)).toEqual({
    ratio: expect.closeTo(0.21, 6) as number,
    rows: 200_000,
    rowsEstimate: 1_000_000,
    rowsPerSecond: 10_000,
    etaSeconds: 40,
    throttledBy: null,
  });
});

test("no estimate of the time left before 1 % or ten seconds", () => {
  const meter = new ProgressMeter(start);
  meter.add({ rows: 100, share: 0.005 }, 1_000);
  expect(meter.read(1_000).etaSeconds).toBeNull();
  meter.add({ rows: 100, share: 0.02 }, 2_000);
  expect(meter.read(2_000).etaSeconds).toBeGreaterThan(0);
});

test("rows have to do where positions are unknown, and a wrong estimate never shows the end too early", () => {
  const meter = new ProgressMeter({ ...start, ratio: null, rowsEstimate: 1_000 });
  meter.add({ rows: 500, share: null }, 1_000);
  expect(meter.read(1_000).ratio).toBe(0.5);
  meter.add({ rows: 5_000, share: null }, 2_000);
  expect(meter.read(2_000)).toMatchObject({ ratio: 0.99, rows: 5_500, rowsEstimate: 5_500 });
  expect(meter.finish(3_000)).toMatchObject({ ratio: 1, rows: 5_500, etaSeconds: 0 });
});

test("goes on from where an earlier runner stopped", () => {
  const meter = new ProgressMeter({ ...start, rows: 400_000, ratio: 0.4 });
  meter.add({ rows: 100_000, share: 0.1 }, 1_000);
  expect(meter.read(1_000)).toMatchObject({ ratio: 0.5, rows: 500_000, rowsPerSecond: 100_000 });
});

test("several fills make one figure", () => {
  const meter = new ProgressMeter({ ...start, rowsEstimate: 100 });
  meter.add({ rows: 50, share: 0.5 }, 1_000);
  const others = { rowsDone: 310, weightDone: 300, weightPending: 100 };
  expect(combineProgress(meter.read(1_000), 100, others)).toMatchObject({
    ratio: 0.7,
    rows: 360,
    rowsEstimate: 510,
    etaSeconds: 3,
  });
  const alone = meter.read(1_000);
  expect(combineProgress(alone, 100, { rowsDone: 0, weightDone: 0, weightPending: 0 })).toEqual(alone);
});

test("never backwards and never above 1", () => {
  const slices = fc.array(fc.record({ rows: fc.nat(10_000), share: fc.double({ min: 0, max: 0.2, noNaN: true }) }));
  fc.assert(
    fc.property(slices, fc.integer({ min: 0, max: 100_000 }), (list, rowsEstimate) => {
      const meter = new ProgressMeter({ ...start, rowsEstimate });
      let last = 0;
      list.forEach((slice, index) => {
        meter.add(slice, index * 100);
        const { ratio } = meter.read(index * 100);
        expect(ratio).toBeGreaterThanOrEqual(last);
        expect(ratio).toBeLessThan(1);
        last = ratio;
      });
      expect(meter.finish(list.length * 100).ratio).toBe(1);
    }),
  );
});
