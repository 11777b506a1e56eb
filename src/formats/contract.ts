// What a format is: the report of lint as one text, for a person or for another program.
import type { Finding, Severity } from "../core/finding.ts";
import type { LintDocument } from "../documents/lint.ts";
import type { Style } from "../terminal/style.ts";

export interface LintReport {
  readonly document: LintDocument;
  /** Files that were judged, as shown to people. */
  readonly files: readonly string[];
  /** Texts of the files, for excerpts and fingerprints. */
  readonly textOf: (file: string) => string;
  /** One sentence about a rule. */
  readonly summaryOf: (rule: string) => string;
  readonly failOn: Severity;
}

export interface Paper {
  readonly style: Style;
  readonly width: number;
}

export interface Format {
  readonly name: string;
  readonly write: (report: LintReport, paper: Paper) => string;
}

/** The findings that count: nobody has accepted them. */
export function openFindings(report: LintReport): readonly Finding[] {
  return report.document.findings.filter((finding) => finding.suppressed === null);
}
