// `shoofly plan` on a terminal: the summary first, then the steps, the hazards and the point of no return.
import type { Finding } from "../core/finding.ts";
import type { Plan } from "../core/plan.ts";
import type { Style } from "./style.ts";
import {
  deploymentLines,
  formatEstimate,
  locksInWords,
  pointOfNoReturn,
  shortFingerprint,
  summaryOf,
  undoInWords,
} from "./plan-parts.ts";
import { hang, table } from "./wrap.ts";

export interface PlanContext {
  /** `app@db1:5432` */
  readonly target: string;
  readonly serverVersion: string;
  /** Where the plan was saved, as shown. */
  readonly saved: string;
}

const tones = { error: "bad", warning: "warn", info: "dim" } as const;

function hazardText(hazard: Finding, style: Style, width: number): string {
  const head = `  ${style.paint(tones[hazard.severity], hazard.severity.padEnd(8))}${hazard.rule}`;
  const place = hazard.file === "" ? "" : `  ${hazard.file}:${hazard.line}:${hazard.column}`;
  return `${head}${place}\n          ${hang(hazard.message, 10, width)}`;
}

function stepTable(plan: Plan, width: number): string {
  const columns = [
    { title: "#", alignRight: true },
    { title: "phase" },
    { title: "what", flexible: true },
    { title: "lock", flexible: true },
    { title: "est.", flexible: true },
    { title: "undo", flexible: true },
  ];
  const rows = plan.steps.map((step, index) => [
    String(index + 1),
    step.phase,
    step.title,
    locksInWords(step).join("\n") || "none",
    step.kind === "gate" ? "-" : formatEstimate(step.estimateMs),
    undoInWords(step),
  ]);
  return table(columns, rows, width);
}

export function planText(plan: Plan, context: PlanContext, style: Style, width: number): string {
  const title = `${style.paint("strong", `Plan ${plan.migration}`)}  ${context.target} (PostgreSQL ${context.serverVersion})`;
  const files =
    plan.members.length > 1 ? [`  files: ${hang(plan.members.map((member) => member.file).join(", "), 9, width)}`] : [];
  const turn = pointOfNoReturn(plan);
  const closing =
    turn === null
      ? "Point of no return: none."
      : `Point of no return: step ${turn.number}, ${turn.step.id} (${turn.step.title}). Until then: shoofly rollback ${plan.migration}`;
  const lines = [
    title,
    `  ${hang(summaryOf(plan), 2, width)}`,
    `  ${hang(`fingerprint ${shortFingerprint(plan)} · saved ${context.saved}`, 2, width)}`,
    ...files,
    `  versions: ${plan.versions.old} → ${plan.versions.new ?? "columns beside the old ones"}`,
    "",
    ...(plan.steps.length === 0 ? [] : [stepTable(plan, width), ""]),
    ...(plan.hazards.length === 0
      ? ["No hazards found.", ""]
      : ["Hazards", ...plan.hazards.map((hazard) => hazardText(hazard, style, width)), ""]),
    hang(closing, 2, width),
    ...deploymentLines(plan).map((line, index) => `${index === 0 ? "Deploy  " : "        "}${hang(line, 8, width)}`),
    ...(plan.estimate === undefined ? [] : [`Basis   ${hang(plan.estimate.basis.join(" "), 8, width)}`]),
    "Locks: first try 50 ms, at most 200 ms, again with jitter until the budget ends. No session of yours is ever ended.",
    `SQL: shoofly plan ${plan.migration} --sql   Review: --report plan.md`,
    `${style.paint("strong", "Next")}  shoofly start ${plan.migration} --plan ${context.saved}   (runs exactly this)`,
  ];
  return `${lines.join("\n")}\n`;
}
