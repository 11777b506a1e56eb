// For people: place, lock and who waits, the safe way as steps, and how to accept the risk.
import type { Finding, Unanalysed } from "../core/finding.ts";
import { plural } from "../terminal/units.ts";
import { hang } from "../terminal/wrap.ts";
import { openFindings } from "./contract.ts";
import type { Format, LintReport, Paper } from "./contract.ts";
import { excerpt } from "./excerpt.ts";

const tones = { error: "bad", warning: "warn", info: "dim" } as const;
const shownSteps = 12;

/** Comments of other linters: they do not count here, but their author meant something. */
const foreignIgnore = /squawk-ignore|eugene:\s*ignore|atlas:nolint|pgfence-ignore|migrationpilot-disable/;

export const text: Format = {
  name: "text",
  write: (report, paper) => {
    const findings = openFindings(report);
    const blocks = [
      ...report.document.unanalysed.map((each) => unanalysedText(each, report, paper)),
      ...findings.map((each) => (each.severity === "info" ? infoText(each, paper) : findingText(each, report, paper))),
    ];
    return paper.style.symbols([...blocks, summaryText(report, findings, paper)].join(""));
  },
};

function findingText(finding: Finding, report: LintReport, { style, width }: Paper): string {
  const source = report.textOf(finding.file);
  const head = `${placeOf(finding)}  ${style.paint(tones[finding.severity], finding.severity)}  ${style.paint("strong", finding.rule)}`;
  const steps = finding.plan.slice(0, shownSteps);
  const more = finding.plan.length - steps.length;
  const safeWay =
    finding.plan.length === 0
      ? []
      : [
          `Safe way (${plural(finding.plan.length, "step")}):`,
          ...steps.map((step) => `  ${hang(step, 4, width - 2)}`),
          ...(more > 0 ? [`  … ${more} more: shoofly plan`] : []),
        ];
  const lines = [
    ...excerpt(source, finding),
    hang(finding.message, 2, width),
    ...safeWay,
    `Accept the risk: -- shoofly:allow ${finding.rule} reason="…" until=YYYY-MM-DD`,
    ...foreignHint(source, finding),
  ];
  return `${[head, ...lines.map((line) => `  ${line}`)].join("\n")}\n\n`;
}

/** A foreign ignore comment in the lines of comments right above. */
function foreignHint(source: string, finding: Finding): readonly string[] {
  const above = source.split("\n", finding.line - 1).toReversed();
  const end = above.findIndex((line) => !/^\s*(?:--|\/\*|\*|$)/.test(line));
  const comments = end === -1 ? above : above.slice(0, end);
  const found = comments.map((line) => foreignIgnore.exec(line)?.[0]).find((word) => word !== undefined);
  return found === undefined
    ? []
    : [`"${found}" does not count here; write -- shoofly:allow ${finding.rule} reason="…" before the statement.`];
}

function infoText(finding: Finding, { style, width }: Paper): string {
  return `${placeOf(finding)}  ${style.paint("dim", "info")}  ${finding.rule}\n  ${hang(finding.message, 2, width)}\n\n`;
}

function unanalysedText(part: Unanalysed, report: LintReport, { style, width }: Paper): string {
  const head = `${placeOf(part)}  ${style.paint("bad", "not analysed")}`;
  const lines = [...excerpt(report.textOf(part.file), part), hang(part.reason, 2, width)];
  return `${[head, ...lines.map((line) => `  ${line}`)].join("\n")}\n\n`;
}

function placeOf({
  file,
  line,
  column,
}: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}): string {
  return `${file}:${line}:${column}`;
}

function summaryText(report: LintReport, findings: readonly Finding[], { style }: Paper): string {
  const count = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const files = plural(report.files.length, "file");
  const { unanalysed } = report.document;
  const suppressed = report.document.findings.length - findings.length;
  const parts = [
    ...(count("error") > 0 ? [style.paint("bad", plural(count("error"), "error"))] : []),
    ...(count("warning") > 0 ? [style.paint("warn", plural(count("warning"), "warning"))] : []),
    ...(count("info") > 0 ? [`${count("info")} info`] : []),
  ];
  const found =
    parts.length === 0 ? `${style.paint("good", "✓")} no findings in ${files}` : `${parts.join(", ")} in ${files}`;
  const accepted = suppressed === 0 ? "" : ` · ${suppressed} accepted`;
  const open = unanalysed.length === 0 ? "" : ` · ${style.paint("bad", `${unanalysed.length} not analysed`)}`;
  return `${found}${accepted}${open}\n`;
}
