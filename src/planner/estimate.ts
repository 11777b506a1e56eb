// Times and disk of a plan's steps: sizes from the catalogs × rates of the target. Pure.
//
// The ratios come from the backfill benchmark of this project (docs/performance.md): filling a row costs about 6 µs beside what its
// bytes cost, and a byte that is written again costs about 20 times what reading it costs. The ranges are wide on purpose.
import type { Estimate, Rates } from "../core/estimate.ts";
import type { Plan } from "../core/plan.ts";
import type { Schema, Table } from "../core/schema.ts";
import type { BackfillStep, Step } from "../core/step.ts";

const fillRowMs = 0.006;
const fillByteFactor = 20;
const indexRowMs = 0.0015;
const checkRowMs = 0.0006;
/** Bytes of one entry in a B-tree over a small key, page overhead included. */
const indexEntryBytes = 24;
const low = 0.5;
const high = 2.5;
/** A lock-safe change of the catalog. */
const metadataMs: readonly [number, number] = [1, 50];

interface Size {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * A plan with the ranges that its target's rates give.
 * @param rates measured on the target, or assumed
 */
export function withEstimate(plan: Plan, schema: Schema, rates: Rates): Plan {
  const steps = estimateSteps(plan.steps, schema, rates);
  return { ...plan, steps, estimate: estimatePlan(steps, schema, rates) };
}

/** Every step with its range. */
function estimateSteps(steps: readonly Step[], schema: Schema, rates: Rates): Step[] {
  const sizes = sizesOf(schema);
  return steps.map((step) => ({ ...step, estimateMs: rangeOf(step, sizes, rates) }));
}

/** Sums and disk of steps that have their ranges. */
function estimatePlan(steps: readonly Step[], schema: Schema, rates: Rates): Estimate {
  const sizes = sizesOf(schema);
  const total = (index: 0 | 1): number => steps.reduce((sum, step) => sum + step.estimateMs[index], 0);
  const filled = steps.filter((step) => step.kind === "backfill").map((step) => tableOf(step, sizes));
  const indexed = steps
    .filter((step) => step.kind === "ddl" && step.index?.present === true)
    .map((step) => largest(step, sizes));
  const indexBytes = sum(indexed.map((size) => size.rows * indexEntryBytes));
  const heapBytes = sum(filled.map((size) => size.bytes));
  const known = [...sizes.values()].filter((size) => size.rows > 0).length;
  return {
    totalMs: [total(0), total(1)],
    // Every filled row leaves its old version behind until vacuum comes; HOT updates and pauses make it less.
    extraDiskBytes: [Math.round(heapBytes * 0.2 + indexBytes * 0.7), Math.round(heapBytes * 1.1 + indexBytes * 1.5)],
    basis: [
      `A session reads ${Math.round(rates.scanBytesPerSecond / 1_000_000)} MB/s (${rates.basis}).`,
      `Sizes are those of the catalogs; ${known} of ${sizes.size} tables have statistics.`,
      "Filling a byte costs about 20 times what reading it costs, a row 6 µs more.",
    ],
  };
}

function rangeOf(step: Step, sizes: ReadonlyMap<string, Size>, rates: Rates): readonly [number, number] {
  if (step.kind === "gate") return [0, 0];
  if (step.kind === "backfill") return around(fillMs(tableOf(step, sizes), rates), metadataMs);
  if (step.kind === "verify") {
    const size = verified(
      step.checks.map((check) => check.title),
      sizes,
    );
    return around(readMs(size, rates) + size.rows * checkRowMs * step.checks.length, metadataMs);
  }
  if (!step.scan && !step.rewrite) return metadataMs;
  const size = largest(step, sizes);
  // A concurrent build reads the table twice (manual, CREATE INDEX, "Building Indexes Concurrently").
  const ms =
    step.index === null
      ? readMs(size, rates) + size.rows * checkRowMs
      : 2 * readMs(size, rates) + size.rows * indexRowMs;
  return around(ms, metadataMs);
}

function fillMs(size: Size, rates: Rates): number {
  return size.rows * fillRowMs + fillByteFactor * readMs(size, rates) * 0.25;
}

function readMs(size: Size, rates: Rates): number {
  return (size.bytes / rates.scanBytesPerSecond) * 1000;
}

function around(ms: number, least: readonly [number, number]): readonly [number, number] {
  return [Math.max(least[0], Math.round(ms * low)), Math.max(least[1], Math.round(ms * high))];
}

function tableOf(step: BackfillStep, sizes: ReadonlyMap<string, Size>): Size {
  return sizes.get(`${step.table.schema}.${step.table.name}`) ?? { rows: step.rowsEstimate, bytes: 0 };
}

/** The largest table that the step locks. */
function largest(step: Step, sizes: ReadonlyMap<string, Size>): Size {
  return step.locks
    .map((lock) => sizes.get(lock.relation) ?? { rows: 0, bytes: 0 })
    .reduce((a, b) => (b.bytes > a.bytes ? b : a), { rows: 0, bytes: 0 });
}

/** All tables that the checks name in their titles. */
function verified(titles: readonly string[], sizes: ReadonlyMap<string, Size>): Size {
  const named = [...sizes].filter(([name]) =>
    titles.some((title) => title.split(/\s+/).some((word) => word === name || word.startsWith(`${name}.`))),
  );
  return { rows: sum(named.map(([, size]) => size.rows)), bytes: sum(named.map(([, size]) => size.bytes)) };
}

function sizesOf(schema: Schema): ReadonlyMap<string, Size> {
  return new Map(
    schema.tables.map((table: Table) => [
      `${schema.name}.${table.name}`,
      { rows: table.rowsEstimate, bytes: table.bytes },
    ]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
