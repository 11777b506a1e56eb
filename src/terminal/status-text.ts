// `shoofly status` on a terminal, and the State and Next lines that end every command that changes something.
import { stateMeanings, verbOf, type MigrationState } from "../core/state.ts";
import type { StatusDocument, StatusEntry } from "../documents/status.ts";
import { failureText } from "./failure.ts";
import type { Sink } from "./terminal.ts";
import { formatCount, formatMs, formatRatio } from "./units.ts";
import { hang, table } from "./wrap.ts";

function shownState(state: MigrationState): string {
  return state === "pending" ? "not started" : state;
}

function ageOf(entry: StatusEntry, now: number): string {
  return entry.changedAt === null ? "-" : formatMs(Math.max(0, now - Date.parse(entry.changedAt)));
}

function waitingText(entry: StatusEntry): string {
  if (entry.error !== null) return `failed: ${entry.error.code}`;
  return entry.waitingFor === null ? "-" : entry.waitingFor;
}

function overview(entries: readonly StatusEntry[], width: number, now: number): string {
  const columns = [
    { title: "MIGRATION" },
    { title: "STATE" },
    { title: "PHASE" },
    { title: "WAITING FOR", flexible: true },
    { title: "SINCE" },
    { title: "NEXT", flexible: true },
  ];
  const rows = entries.map((entry) => [
    entry.name,
    shownState(entry.state),
    entry.phase ?? "-",
    waitingText(entry),
    ageOf(entry, now),
    entry.next ?? "-",
  ]);
  return table(columns, rows, width);
}

function details(entry: StatusEntry): readonly (readonly [label: string, text: string])[] {
  const { progress } = entry;
  const isFilling = progress.rowsEstimate > 0 || progress.rows > 0;
  const rows = `${formatCount(progress.rows)} of ~${formatCount(Math.max(progress.rows, progress.rowsEstimate))} rows`;
  const speed = progress.rowsPerSecond > 0 ? `, ${formatCount(progress.rowsPerSecond)} rows/s` : "";
  const eta = progress.etaSeconds === null ? "" : `, ETA ~${formatMs(progress.etaSeconds * 1000)}`;
  const done = entry.steps.filter((step) => step.state === "done").length;
  return [
    ["File", entry.carriedBy === entry.name ? entry.file : `${entry.file} (started together with ${entry.carriedBy})`],
    ["Versions", `${entry.versions.old} → ${entry.versions.new ?? "columns beside the old ones"}`],
    ...(entry.tables.length === 0 ? [] : [["Tables", entry.tables.join(", ")] as const]),
    ...(entry.steps.length === 0 ? [] : [["Steps", `${done} of ${entry.steps.length} done`] as const]),
    ...(isFilling ? [["Progress", `${formatRatio(progress.ratio)}, ${rows}${speed}${eta}`] as const] : []),
    ...(progress.throttledBy === null ? [] : [["Throttled", progress.throttledBy] as const]),
    ...(entry.waitingFor === null ? [] : [["Waiting", entry.waitingFor] as const]),
    ...(entry.quarantined > 0
      ? [["Quarantine", `${formatCount(entry.quarantined)} rows that cannot be filled`] as const]
      : []),
    ...(entry.mismatched > 0 ? [["Mismatched", `${formatCount(entry.mismatched)} rows`] as const] : []),
    ...entry.problems.map((problem) => ["Problem", problem] as const),
  ];
}

function meaningOf(entry: StatusEntry): string {
  const isStopped = entry.error !== null || entry.waitingFor === "runner gone" || entry.waitingFor === "you";
  const isAtWork = verbOf[entry.state] !== null;
  return isStopped && isAtWork ? "stopped, nobody works on it; everything done is kept" : stateMeanings[entry.state];
}

/** `State` and `Next`: where it is now, and what a person may do. */
function closingLines(entry: StatusEntry, sink: Sink): string {
  const { style, width } = sink;
  const line = (label: string, text: string): string =>
    `${style.paint("strong", label.padEnd(7))}${hang(text, 7, width)}`;
  const next =
    entry.next === null ? (entry.state === "purged" ? "nothing" : `shoofly status ${entry.name} --watch`) : entry.next;
  const also =
    entry.state === "ready" || entry.state === "completed" ? `   (or back: shoofly rollback ${entry.name})` : "";
  return [line("State", `${shownState(entry.state)}: ${meaningOf(entry)}`), line("Next", next + also)].join("\n");
}

/** One migration in full; a stored failure is shown as it was when it happened. */
export function entryText(entry: StatusEntry, sink: Sink): string {
  const { style, width } = sink;
  const lines = [
    style.paint("strong", entry.name),
    ...details(entry).map(([label, text]) => `  ${label.padEnd(12)}${hang(text, 14, width)}`),
    ...(entry.error === null ? [] : ["", failureText(entry.error, style, width)]),
    closingLines(entry, sink),
  ];
  return `${lines.join("\n")}\n`;
}

export function statusText(status: StatusDocument, target: string, sink: Sink, now: number): string {
  const { migrations, database } = status;
  const head = `${target} (PostgreSQL ${database.version})`;
  if (migrations.length === 0)
    return `${head}: no migrations yet\n${sink.style.paint("strong", "Next")}   shoofly new NAME\n`;
  const active = migrations.filter((entry) => entry.error !== null || entry.problems.length > 0);
  const parts = [
    head,
    overview(migrations, sink.width, now),
    ...active.map((entry) => `\n${entryText(entry, sink).trimEnd()}`),
  ];
  return `${parts.join("\n")}\n`;
}
