// `shoofly doctor` on a terminal: every check with its cause and a remedy that can be typed.
import type { DoctorDocument, DoctorFinding } from "../documents/answers.ts";
import { plural } from "./units.ts";
import type { Sink } from "./terminal.ts";
import { hang } from "./wrap.ts";

const marks = { ok: ["ok", "good"], warning: ["warn", "warn"], failed: ["FAIL", "bad"] } as const;

function findingText(finding: DoctorFinding, { style, width }: Sink): string {
  const [mark, tone] = marks[finding.level];
  const lines = [`${style.paint(tone, mark.padEnd(6))}${finding.check.padEnd(17)}${hang(finding.message, 23, width)}`];
  if (finding.cause !== null) lines.push(`${" ".repeat(23)}${hang(finding.cause, 23, width)}`);
  lines.push(...finding.remedies.map((remedy) => `${" ".repeat(23)}remedy: ${hang(remedy, 31, width)}`));
  return lines.join("\n");
}

export function doctorText(document: DoctorDocument, sink: Sink): string {
  const failures = document.checks.filter((finding) => finding.level === "failed").length;
  const warnings = document.checks.filter((finding) => finding.level === "warning").length;
  const verdict =
    failures > 0
      ? sink.style.paint("bad", `${plural(failures, "check")} failed`)
      : sink.style.paint("good", "Ready to migrate");
  const rest = warnings > 0 ? `, ${plural(warnings, "warning")}` : "";
  return `${[...document.checks.map((finding) => findingText(finding, sink)), `${verdict}${rest}.`].join("\n")}\n`;
}
