// GitHub Actions: annotations as workflow commands, and the same as a Markdown table for the job summary.
import type { Finding } from "../core/finding.ts";
import { plural } from "../terminal/units.ts";
import { openFindings } from "./contract.ts";
import type { Format, LintReport } from "./contract.ts";

const order = { error: 0, warning: 1, info: 2 } as const;
const commands = { error: "error", warning: "warning", info: "notice" } as const;

export const github: Format = {
  name: "github",
  write: (report) =>
    [
      ...report.document.unanalysed.map((part) => annotation("error", part, "not analysed", part.reason)),
      // GitHub shows ten annotations of a kind per step, so the worst come first.
      ...worstFirst(openFindings(report)).map((finding) =>
        annotation(commands[finding.severity], finding, `shoofly ${finding.rule}`, messageOf(finding)),
      ),
    ].join(""),
};

function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => order[a.severity] - order[b.severity]);
}

function messageOf(finding: Finding): string {
  if (finding.plan.length === 0) return finding.message;
  return [finding.message, "Safe way:", ...finding.plan.map((step) => `- ${step}`)].join("\n");
}

function annotation(
  command: string,
  place: Pick<Finding, "file" | "line" | "column" | "endLine" | "endColumn">,
  title: string,
  message: string,
): string {
  const properties = {
    file: place.file,
    line: String(place.line),
    endLine: String(place.endLine),
    // Columns only count for GitHub when the annotation lies on one line.
    ...(place.line === place.endLine ? { col: String(place.column), endColumn: String(place.endColumn) } : {}),
    title,
  };
  const words = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${command} ${words.join(",")}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** A job summary may have 1 MiB; a table row has a few hundred bytes. */
const summaryRows = 500;

/** Markdown for `$GITHUB_STEP_SUMMARY`. */
export function githubSummary(report: LintReport): string {
  const findings = worstFirst(openFindings(report));
  const rows = [
    ...report.document.unanalysed.map((part) => row("not analysed", part, "", part.reason)),
    ...findings.map((finding) => row(finding.severity, finding, finding.rule, finding.message)),
  ];
  const shown = rows.slice(0, summaryRows);
  const more = rows.length - shown.length;
  return [
    `### shoofly lint: ${plural(rows.length, "finding")} in ${plural(report.files.length, "file")}`,
    "",
    ...(rows.length === 0 ? [] : ["| severity | place | rule | what happens |", "|---|---|---|---|", ...shown]),
    ...(more > 0 ? [`\n${more} more are not shown.`] : []),
    "",
  ].join("\n");
}

function row(severity: string, place: Pick<Finding, "file" | "line">, rule: string, message: string): string {
  return `| ${[severity, `\`${place.file}:${place.line}\``, rule, message].map(escapeCell).join(" | ")} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, "<br>");
}
