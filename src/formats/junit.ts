// JUnit XML: a test suite per file; findings that fail the run are failures, what could not be judged is an error.
import { isAtLeast } from "../core/finding.ts";
import { openFindings } from "./contract.ts";
import type { Format, LintReport } from "./contract.ts";

export const junit: Format = {
  name: "junit",
  write: (report) => {
    const suites = report.files.map((file) => suite(file, report));
    const total = (key: "tests" | "failures" | "errors"): number => suites.reduce((sum, each) => sum + each[key], 0);
    return [
      `<?xml version="1.0" encoding="UTF-8"?>`,
      `<testsuites name="shoofly lint" tests="${total("tests")}" failures="${total("failures")}" errors="${total("errors")}">`,
      ...suites.map((each) => each.xml),
      "</testsuites>",
      "",
    ].join("\n");
  },
};

function suite(
  file: string,
  report: LintReport,
): { readonly xml: string; readonly tests: number; readonly failures: number; readonly errors: number } {
  const unanalysed = report.document.unanalysed.filter((part) => part.file === file);
  const findings = openFindings(report).filter((finding) => finding.file === file);
  const failing = findings.filter((finding) => isAtLeast(finding.severity, report.failOn));
  const cases = [
    ...unanalysed.map((part) =>
      testCase(file, `not analysed at ${part.line}:${part.column}`, `<error message="${escapeXml(part.reason)}"/>`),
    ),
    ...findings.map((finding) => {
      const body = [finding.message, ...finding.plan.map((step) => `- ${step}`)].join("\n");
      const content = isAtLeast(finding.severity, report.failOn)
        ? `<failure type="${escapeXml(finding.rule)}" message="${escapeXml(finding.message)}">${escapeXml(body)}</failure>`
        : `<system-out>${escapeXml(`${finding.severity}: ${body}`)}</system-out>`;
      return testCase(file, `${finding.rule} at ${finding.line}:${finding.column}`, content);
    }),
  ];
  const all = cases.length === 0 ? [testCase(file, "no findings", "")] : cases;
  const head = `name="${escapeXml(file)}" tests="${all.length}" failures="${failing.length}" errors="${unanalysed.length}"`;
  return {
    xml: [`  <testsuite ${head}>`, ...all, "  </testsuite>"].join("\n"),
    tests: all.length,
    failures: failing.length,
    errors: unanalysed.length,
  };
}

function testCase(file: string, name: string, content: string): string {
  const head = `    <testcase classname="${escapeXml(file)}" name="${escapeXml(name)}"`;
  return content === "" ? `${head}/>` : `${head}>${content}</testcase>`;
}

/** Control characters are not allowed in XML 1.0, not even escaped. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
