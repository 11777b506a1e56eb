// `shoofly history`, `show` and `verify` on a terminal.
import type { HistoryEntry, ShowDocument, VerifyDocument } from "../documents/history.ts";
import { entryText } from "./status-text.ts";
import type { Sink } from "./terminal.ts";
import { formatCount, plural } from "./units.ts";
import { hang, table } from "./wrap.ts";

/** `from expanding, to backfilling`; nothing where there is no detail. */
function detailText(detail: HistoryEntry["detail"]): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

/** One line an entry, oldest first: the latest is what a person looks for, and it stands last. */
export function historyText(entries: readonly HistoryEntry[], { width }: Sink): string {
  if (entries.length === 0) return "Nothing has happened yet.\n";
  const columns = [
    { title: "TIME (UTC)" },
    { title: "MIGRATION", flexible: true },
    { title: "WHO", flexible: true },
    { title: "WHAT" },
    { title: "DETAIL", flexible: true },
  ];
  const rows = entries.map((entry) => [
    entry.at.replace("T", " ").replace(/\.\d+Z$/, ""),
    entry.migration ?? "-",
    entry.by,
    entry.what,
    detailText(entry.detail),
  ]);
  return `${table(columns, rows, width)}\n`;
}

export function showText({ migration, entries }: ShowDocument, sink: Sink): string {
  const columns = [
    { title: "STEP" },
    { title: "STATE" },
    { title: "TRIES", alignRight: true },
    { title: "WHAT", flexible: true },
  ];
  const steps = migration.steps.map((step) => [step.id, step.state, String(step.attempts), step.title]);
  return [
    ...(steps.length === 0 ? [] : [table(columns, steps, sink.width), ""]),
    historyText(entries, sink),
    entryText(migration, sink),
  ].join("\n");
}

export function verifyText(document: VerifyDocument, { style, width }: Sink): string {
  const { migration, state, rows, mismatched } = document;
  const checks = document.checks.flatMap((check) => [
    `${check.mismatched === 0 ? style.paint("good", "✓") : style.paint("bad", "✗")} ${hang(`${check.title}: ${formatCount(check.mismatched)} of ${plural(check.rows, "row")} wrong`, 2, width)}`,
    ...check.samples.map((row) => `    ${hang(JSON.stringify(row), 4, width)}`),
  ]);
  const next =
    mismatched === 0
      ? `shoofly status ${migration}`
      : document.repaired
        ? "mend the rows above by hand: no repair can"
        : `shoofly verify ${migration} --repair   (one way: ${state === "ready" ? "old shape → new shape" : "new shape → retired shape"})`;
  return [
    ...(checks.length === 0 ? ["Nothing to compare: no row is derived in this migration."] : checks),
    `${style.paint("strong", "State")}  ${state}, ${formatCount(mismatched)} of ${plural(rows, "compared row")} wrong${document.repaired ? " after the repair" : ""}`,
    `${style.paint("strong", "Next")}   ${next}`,
    "",
  ].join("\n");
}
