// Events as lines of text: one per decision, one per progress report, and the few lines of the live view. Pure.
import type { Blocker, Event, Progress } from "../core/event.ts";
import { phases, type Phase } from "../core/phase.ts";
import { formatCount, formatMs, formatRatio, plural } from "../terminal/units.ts";
import type { Style } from "../terminal/style.ts";
import type { RunView } from "./run-view.ts";

function blockerText(blocker: Blocker): string {
  const who = [
    blocker.user === null ? "" : `user ${blocker.user}`,
    blocker.application === "" ? "" : `app "${blocker.application}"`,
  ]
    .filter((part) => part !== "")
    .join(", ");
  const lock =
    blocker.mode === null ? "" : `, holds ${blocker.mode}${blocker.relation === null ? "" : ` on ${blocker.relation}`}`;
  return `pid ${blocker.pid} (${who})${lock}, transaction ${formatMs(blocker.ageMs)} old`;
}

export interface Line {
  readonly tone: "good" | "bad" | "warn" | "dim" | "strong";
  readonly symbol: string;
  readonly text: string;
  /** Shown only with `-v`. */
  readonly isDetail: boolean;
}

function line(symbol: string, tone: Line["tone"], text: string, isDetail = false): Line {
  return { symbol, tone, text, isDetail };
}

/** The line of an event; null for those that only move the progress. */
export function lineOf(event: Event): Line | null {
  switch (event.type) {
    case "state.changed":
      return line("▶", "strong", event.from === event.to ? `state ${event.to}` : `state ${event.from} → ${event.to}`);
    case "step.started":
      return line("▶", "dim", `${event.step} started: ${event.title}`, true);
    case "step.finished":
      return line("✓", "good", `${event.step} done in ${formatMs(event.elapsedMs)}: ${event.title}`);
    case "step.undone":
      return line("✓", "good", `${event.step} undone in ${formatMs(event.elapsedMs)}: ${event.title}`);
    case "lock.waited": {
      const held = event.blockers.map(blockerText).join("; ");
      return line(
        "!",
        "warn",
        `${event.step} lock not granted, try ${event.attempt}${held === "" ? "" : `: ${held}`}`,
        event.attempt > 1,
      );
    }
    case "chunk.filled":
      return line(
        "·",
        "dim",
        `${event.step} chunk: ${plural(event.rows, "row")} in ${formatMs(event.elapsedMs)}`,
        true,
      );
    case "waiting.started":
      return line("!", "warn", `waiting: ${event.on}`);
    case "waiting.ended":
      return line("✓", "dim", `waiting ended: ${event.on}`);
    case "connection.lost":
      return line("!", "warn", `connection lost, trying again: ${event.detail}`);
    case "connection.restored":
      return line("✓", "good", "connection restored");
    case "note.made":
      return line("·", "dim", event.message);
    case "warning.raised":
      return line("!", "warn", event.message);
    case "lease.taken":
      return line(
        "▶",
        "dim",
        event.endedBackends === 0
          ? `lease taken (fence ${event.fence})`
          : `took over from a runner that is gone (fence ${event.fence}, ended ${plural(event.endedBackends, "session")} of it)`,
        event.endedBackends === 0,
      );
    case "progress.changed":
      return null;
  }
}

function etaText(progress: Progress): string {
  if (progress.etaSeconds === null) return "ETA measuring";
  return `ETA ~${formatMs(progress.etaSeconds * 1000)}`;
}

/** `20.1 %  8,281,500 of ~41,200,000 rows  7,620 rows/s  ETA ~1 h 12 m` */
export function progressText(progress: Progress): string {
  const parts = [
    formatRatio(progress.ratio),
    `${formatCount(progress.rows)} of ~${formatCount(Math.max(progress.rows, progress.rowsEstimate))} rows`,
    `${formatCount(progress.rowsPerSecond)} rows/s`,
    etaText(progress),
  ];
  if (progress.throttledBy !== null) parts.push(`throttled by ${progress.throttledBy}`);
  return parts.join("  ");
}

/** Phases before the current one are done, in whatever direction it goes. */
function phaseMark(phase: Phase, view: RunView, style: Style): string {
  const current = view.step === null ? 0 : phases.indexOf(view.step.phase);
  if (view.step?.phase === phase) return style.paint("strong", `▶ ${phase}`);
  return phases.indexOf(phase) < current ? style.paint("good", `✓ ${phase}`) : style.paint("dim", `· ${phase}`);
}

function bar(ratio: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, ratio)) * 28);
  return "█".repeat(full) + "░".repeat(28 - full);
}

/** The live view: at most four lines, each within the width, because a wrapped line could not be redrawn. */
export function liveLines(
  view: RunView,
  title: string,
  elapsedMs: number,
  style: Style,
  width: number,
): readonly string[] {
  const shown = phases.filter((phase) => phase !== "purge" || view.step?.phase === "purge");
  const fit = (text: string): string =>
    Array.from(style.symbols(text))
      .slice(0, width - 1)
      .join("");
  const lines = [
    style.symbols(`${fit(title)}   ${formatMs(elapsedMs)}`),
    style.symbols(` ${shown.map((phase) => phaseMark(phase, view, style)).join("  ")}`),
  ];
  if (view.progress !== null) lines.push(fit(` ${bar(view.progress.ratio)}  ${progressText(view.progress)}`));
  else if (view.step !== null) lines.push(fit(` ${view.step.id}  ${view.step.title}`));
  const [blocker] = view.blockers;
  if (view.waitingOn !== null) {
    lines.push(fit(` ! waiting: ${view.waitingOn}${blocker === undefined ? "" : `: ${blockerText(blocker)}`}`));
  }
  return lines;
}
