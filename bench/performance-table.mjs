// The table of docs/performance.md: one row per benchmark, written anew from its own result; the other rows stay.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const results = join(root, "bench/results");

const head = [
  "# Performance",
  "",
  "Written by `npm run bench`. Ratios count; both sides run alternately on one server, the median is taken.",
  "",
  "| benchmark | shoofly | against | ratio | goal | measured on |",
  "|---|---|---|---|---|---|",
];

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * Saves a result and writes the page from all that are there.
 * @param result `name` is the file's; `row` holds the six cells of the table
 */
export function saveResult(result) {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const rows = readdirSync(results)
    .filter((file) => file.endsWith(".json"))
    .toSorted()
    .map((file) => JSON.parse(readFileSync(join(results, file), "utf8")).row)
    .filter((row) => row !== undefined)
    .map((cells) => `| ${cells.join(" | ")} |`);
  writeFileSync(join(root, "docs/performance.md"), [...head, ...rows, ""].join("\n"));
}
