// Structures are compared fact by fact, whatever their order.
import { expect, test } from "vitest";
import { compareStructure, hashStructure } from "./structure.ts";
import { positionAmong } from "./key-position.ts";

const before = new Map([["public.t", ["column a integer", "column b text"]]]);

test("says what is gone and what is new", () => {
  const after = new Map([["public.t", ["column b text", "column a bigint"]]]);
  expect(compareStructure(before, after)).toEqual([
    "public.t: column a integer is gone",
    "public.t: column a bigint is new",
  ]);
  expect(compareStructure(before, new Map([["public.t", ["column b text", "column a integer"]]]))).toEqual([]);
});

test("tables that were never noted do not count, and a long list is cut", () => {
  expect(compareStructure(before, new Map([...before, ["public.u", ["column a integer"]]]))).toEqual([]);
  const many = new Map([["public.t", Array.from({ length: 50 }, (_, index) => `column c${index} integer`)]]);
  expect(compareStructure(many, new Map(), 3)).toHaveLength(4);
});

test("the hash does not depend on the order of tables", () => {
  const t: [string, string[]] = ["public.t", ["x"]];
  const u: [string, string[]] = ["public.u", ["y"]];
  expect(hashStructure(new Map([t, u]))).toBe(hashStructure(new Map([u, t])));
  expect(hashStructure(new Map([t]))).not.toBe(hashStructure(new Map([u])));
});

test("the position among marks", () => {
  expect(positionAmong([0, 10, 100], 5)).toBe(0.25);
  expect(positionAmong([0, 10, 100], 55)).toBe(0.75);
  expect(positionAmong([0, 10, 100], -1)).toBe(0);
  expect(positionAmong([0, 10, 100], 1_000)).toBe(1);
  expect(positionAmong([5, 5, 5, 6], 5)).toBeCloseTo(2 / 3);
  expect(positionAmong([5], 5)).toBe(0);
});
