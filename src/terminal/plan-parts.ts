// What the plan table and the plan report say about a plan: sums, longest lock, point of no return. Pure.
import type { Plan } from "../core/plan.ts";
import type { Step } from "../core/step.ts";
import { formatBytes, formatMs, plural } from "./units.ts";

/** `<50 ms`, `~20 s - 2 m 00 s`; the tilde marks an estimate. */
export function formatEstimate([low, high]: readonly [number, number]): string {
  if (high <= 50) return "<50 ms";
  return formatMs(low) === formatMs(high) ? `~${formatMs(high)}` : `~${formatMs(low)} - ${formatMs(high)}`;
}

export function totalEstimate(steps: readonly Step[]): readonly [number, number] {
  return [sum(steps.map((step) => step.estimateMs[0])), sum(steps.map((step) => step.estimateMs[1]))];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The step that no rollback takes back; null when all can be undone. */
export function pointOfNoReturn(plan: Plan): { readonly number: number; readonly step: Step } | null {
  const index = plan.steps.findIndex((step) => !step.reversible);
  const step = plan.steps[index];
  return step === undefined ? null : { number: index + 1, step };
}

const blocksInWords = { none: "blocks nobody", writes: "blocks writes", "reads+writes": "blocks all" } as const;

/** `ACCESS EXCLUSIVE on public.users (blocks all)`, one line per lock. */
export function locksInWords(step: Step): readonly string[] {
  return step.locks.map((lock) => `${lock.mode} on ${lock.relation} (${blocksInWords[lock.blocks]})`);
}

/** The first words of a statement: `DROP TRIGGER`, `ALTER TABLE`. */
function verbOf(statement: string): string {
  const words = statement.replaceAll(/--.*$/gm, "").trim().split(/\s+/);
  const isTwoWords = /^(create|alter|drop|comment|set|insert|delete)$/i.test(words[0] ?? "");
  const at = isTwoWords && /^(or|unique)$/i.test(words[1] ?? "") ? (/^or$/i.test(words[1] ?? "") ? 3 : 2) : 1;
  return (isTwoWords ? [words[0], words[at]] : [words[0]]).join(" ").toUpperCase();
}

/** What taking the step back does, in a few words; the statements themselves are shown by `--sql`. */
export function undoInWords(step: Step): string {
  if (!step.reversible) return "NONE";
  if (step.undo.length === 0) return "none needed";
  const verbs = [...new Set(step.undo.map(verbOf))].filter((verb) => verb !== "LOCK");
  return verbs.length <= 3 ? verbs.join(", ") : `${step.undo.length} statements`;
}

/** Longest time that a lock which blocks others is expected to be held. */
export function longestBlockingMs(plan: Plan): number {
  const blocking = plan.steps.filter((step) => step.locks.some((lock) => lock.blocks !== "none"));
  return Math.max(0, ...blocking.map((step) => (step.kind === "backfill" ? 0 : step.estimateMs[1])));
}

/** The line below the title: how much, how long, and until where it can be taken back. */
export function summaryOf(plan: Plan): string {
  if (plan.steps.length === 0) return "Nothing to do: the database has this shape already.";
  const turn = pointOfNoReturn(plan);
  const blocking = longestBlockingMs(plan);
  return [
    plural(plan.steps.length, "step"),
    blocking === 0 ? "no lock that blocks others" : `longest blocking lock ${formatEstimate([blocking, blocking])}`,
    formatEstimate(totalEstimate(plan.steps)),
    ...(plan.estimate === undefined ? [] : [`extra disk ${formatDisk(plan.estimate.extraDiskBytes)}`]),
    turn === null ? "reversible" : `reversible until step ${turn.number}`,
  ].join(" · ");
}

/** `none`, `~1.9 - 4.0 GB` */
export function formatDisk([low, high]: readonly [number, number]): string {
  if (high < 1_000_000) return "below 1 MB";
  return formatBytes(low) === formatBytes(high)
    ? `~${formatBytes(high)}`
    : `~${formatBytes(low)} - ${formatBytes(high)}`;
}

/** What to deploy at which border, one line each. */
export function deploymentLines(plan: Plan): readonly string[] {
  return (plan.deployments ?? []).map(({ before, application }) => `before ${before}: ${application}`);
}

/** `9f2c41ab33d0` */
export function shortFingerprint(plan: Plan): string {
  return plan.fingerprint.replace("sha256:", "").slice(0, 12);
}
