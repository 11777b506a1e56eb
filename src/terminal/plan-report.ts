// `shoofly plan --report FILE.md`: the plan for people who decide and do not run it.
import type { Plan } from "../core/plan.ts";
import type { Step } from "../core/step.ts";
import {
  deploymentLines,
  formatDisk,
  formatEstimate,
  locksInWords,
  longestBlockingMs,
  pointOfNoReturn,
  summaryOf,
  totalEstimate,
  undoInWords,
} from "./plan-parts.ts";
import type { PlanContext } from "./plan-text.ts";

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", "<br>");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(" | ")} |`;
}

function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(titles), `|${titles.map(() => "---").join("|")}|`, ...rows.map(row)].join("\n");
}

function stepRow(step: Step, index: number): readonly string[] {
  return [
    String(index + 1),
    step.phase,
    step.reversible ? step.title : `**${step.title}** (point of no return)`,
    locksInWords(step).join("\n") || "none",
    step.kind === "gate" ? "until it opens" : formatEstimate(step.estimateMs),
    undoInWords(step),
  ];
}

function summary(plan: Plan): string {
  const blocking = longestBlockingMs(plan);
  const users =
    blocking <= 50
      ? "Users should notice nothing: no lock that blocks reads or writes is planned for longer than 50 ms."
      : `The longest lock that blocks reads or writes is planned for ${formatEstimate([blocking, blocking])}.`;
  return `${summaryOf(plan)}. ${users}`;
}

function lossesOf(plan: Plan): string {
  const losses = plan.steps.flatMap((step) => step.loss.map((loss) => `- ${loss.what} (step ${step.id})`));
  if (losses.length === 0) return "A rollback loses no data.";
  return `A rollback counts these first and refuses while there are any; \`--archive\` keeps them:\n\n${losses.join("\n")}`;
}

function hazardsOf(plan: Plan): string {
  if (plan.hazards.length === 0) return "None found.";
  const rows = plan.hazards.map((hazard) => [
    hazard.severity,
    hazard.rule,
    `${hazard.file}:${hazard.line}`,
    hazard.message,
  ]);
  return markdownTable(["severity", "what", "where", "meaning"], rows);
}

export function planReport(plan: Plan, context: PlanContext): string {
  const turn = pointOfNoReturn(plan);
  const checks = plan.steps.flatMap((step) =>
    step.kind === "verify" ? step.checks.map((check) => `- ${check.title}`) : [],
  );
  const parts = [
    `# Plan of ${plan.migration}`,
    `Database ${context.target}, PostgreSQL ${context.serverVersion}. Fingerprint \`${plan.fingerprint}\`.`,
    "## Summary",
    summary(plan),
    "## What changes",
    plan.members.map((member) => `- \`${member.file}\` (${member.checksum})`).join("\n"),
    `Tables: ${plan.tables.length === 0 ? "none" : plan.tables.join(", ")}. ${plan.versions.new === null ? "Old and new columns stand beside each other in the tables" : `The old version is \`${plan.versions.old}\`, the new one \`${plan.versions.new}\`; both work side by side`} until \`complete\`.`,
    "## Duration",
    `Estimated ${formatEstimate(totalEstimate(plan.steps))} of running time, without the time that people take between start, complete and purge.`,
    ...(plan.estimate === undefined
      ? []
      : [
          `Extra disk until purge and the next vacuum: ${formatDisk(plan.estimate.extraDiskBytes)}. ${plan.estimate.basis.join(" ")}`,
        ]),
    ...(deploymentLines(plan).length === 0
      ? []
      : [
          "## What to deploy when",
          deploymentLines(plan)
            .map((line) => `- ${line}`)
            .join("\n"),
        ]),
    "## Steps",
    markdownTable(["#", "phase", "what", "locks", "estimate", "undo"], plan.steps.map(stepRow)),
    "## Hazards",
    hazardsOf(plan),
    "## Going back",
    turn === null
      ? `Every step can be taken back with \`shoofly rollback ${plan.migration}\`.`
      : `Up to step ${turn.number} (${turn.step.id}) everything can be taken back with \`shoofly rollback ${plan.migration}\`. Step ${turn.number}, ${turn.step.title}, is the point of no return.`,
    lossesOf(plan),
    "## How success is checked",
    checks.length === 0 ? "No rows are moved, so no rows are compared." : checks.join("\n"),
    "## Statements",
    ...plan.steps.map(
      (step) => `### ${step.id}: ${step.title}\n\n\`\`\`sql\n${step.sql.join(";\n") || "-- none"}\n\`\`\``,
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}
