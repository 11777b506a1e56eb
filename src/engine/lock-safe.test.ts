// The ladder of lock attempts: short waits, growing pauses, jitter.
import fc from "fast-check";
import { expect, test } from "vitest";
import { attemptOf, describeHolder } from "./lock-safe.ts";

test("waits 50 ms first and 200 ms at most", () => {
  const budgets = [1, 2, 3, 4, 5, 6, 50].map((attempt) => attemptOf(attempt, () => 0.5).budgetMs);
  expect(budgets).toEqual([50, 75, 112, 168, 200, 200, 200]);
});

test("pauses double up to two seconds", () => {
  const pauses = [1, 2, 3, 4, 5, 6, 50].map((attempt) => attemptOf(attempt, () => 0.5).pauseMs);
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

test("jitter spreads the pauses from half to one and a half", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (attempt, dice) => {
        const { budgetMs, pauseMs } = attemptOf(attempt, () => dice);
        const middle = attemptOf(attempt, () => 0.5).pauseMs;
        expect(budgetMs).toBeGreaterThanOrEqual(50);
        expect(budgetMs).toBeLessThanOrEqual(200);
        expect(pauseMs).toBeGreaterThanOrEqual(Math.floor(middle * 0.5));
        expect(pauseMs).toBeLessThanOrEqual(Math.ceil(middle * 1.5));
      },
    ),
  );
});

test("a blocker is named with what its owner needs to find it", () => {
  const blocker = { relation: "public.t", mode: "RowExclusiveLock", query: "update t", state: "idle in transaction" };
  const session = { ...blocker, pid: 4411, user: "web", application: "billing", client: "10.2.0.9", ageMs: 860_000 };
  expect(describeHolder(session)).toBe(
    'pid 4411 (user web, app "billing", host 10.2.0.9, for 860.0 s, idle in transaction)',
  );
  const prepared = { ...session, pid: 0, application: "prepared transaction x1", client: null, state: null };
  expect(describeHolder(prepared)).toBe("prepared transaction x1 (user web, for 860.0 s)");
});
