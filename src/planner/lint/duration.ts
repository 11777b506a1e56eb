// How long clients wait, as a range with its basis. Rates are wide on purpose: they cover a cached table and a slow disk.
import type { StatementEffect } from "../../rules/contract.ts";

export interface TableSize {
  readonly rows: number;
  readonly bytes: number;
}

/** MB/s, slow and fast: reading a table once; building an index; writing a table anew with its indexes. */
const rates = { scan: [100, 1200], index: [25, 250], rewrite: [15, 120] } as const;

type Work = keyof typeof rates;

/**
 * `1.8 s to 21 s (88,000,000 rows, 21 GB, read at 100 to 1,200 MB/s)`
 * @param isIndexBuild the scan feeds an index
 */
export function waitOf(effect: StatementEffect, size: TableSize, isIndexBuild: boolean): string {
  const work: Work = effect.rewrite ? "rewrite" : isIndexBuild ? "index" : "scan";
  const [slow, fast] = rates[work];
  const megabytes = size.bytes / 1_000_000;
  const verb = { scan: "read", index: "indexed", rewrite: "rewritten" }[work];
  return `${seconds(megabytes / fast)} to ${seconds(megabytes / slow)} (${sizeText(size)}, ${verb} at ${slow} to ${count(fast)} MB/s)`;
}

/** `88,000,000 rows, 21 GB` */
export function sizeText(size: TableSize): string {
  return `${count(size.rows)} rows, ${bytesText(size.bytes)}`;
}

function bytesText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ""}`;
}

function seconds(value: number): string {
  if (value < 0.05) return "50 ms";
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 120) return `${Math.round(value)} s`;
  return value < 7200 ? `${Math.round(value / 60)} min` : `${(value / 3600).toFixed(1)} h`;
}

function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}
