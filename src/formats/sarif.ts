// SARIF 2.1.0: findings with their rules, fingerprints and suppressions; what could not be judged is a notification of the tool.
import type { Finding, Unanalysed } from "../core/finding.ts";
import { toolVersion } from "../core/version.ts";
import type { Format, LintReport } from "./contract.ts";
import { fingerprints } from "./excerpt.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const;

export const sarif: Format = {
  name: "sarif",
  write: (report) => {
    const { findings, unanalysed } = report.document;
    const rules = [...new Set(findings.map((finding) => finding.rule))].toSorted();
    const prints = fingerprints(findings, report.textOf);
    const run = {
      tool: {
        driver: {
          name: "shoofly",
          version: toolVersion,
          rules: rules.map((rule) => ruleOf(rule, report)),
        },
      },
      columnKind: "utf16CodeUnits",
      invocations: [
        {
          executionSuccessful: unanalysed.length === 0,
          toolExecutionNotifications: unanalysed.map(notification),
        },
      ],
      results: findings.map((finding, index) => resultOf(finding, rules.indexOf(finding.rule), prints[index] ?? "")),
    };
    const log = {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [run],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};

function ruleOf(rule: string, report: LintReport): object {
  return { id: rule, shortDescription: { text: report.summaryOf(rule) } };
}

function resultOf(finding: Finding, ruleIndex: number, fingerprint: string): object {
  const plan = finding.plan.length === 0 ? "" : `\nSafe way:\n${finding.plan.map((step) => `- ${step}`).join("\n")}`;
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: `${finding.message}${plan}` },
    locations: [locationOf(finding)],
    partialFingerprints: { "shooflyStatement/v1": fingerprint },
    ...(finding.suppressed === null
      ? {}
      : { suppressions: [{ kind: "inSource", status: "accepted", justification: finding.suppressed }] }),
    properties: {
      lock: finding.lock,
      blocks: finding.blocks,
      rewrite: finding.rewrite,
      scan: finding.scan,
      heavy: finding.heavy,
    },
  };
}

function notification(part: Unanalysed): object {
  return { level: "error", message: { text: `Not analysed: ${part.reason}` }, locations: [locationOf(part)] };
}

function locationOf(place: Pick<Finding, "file" | "line" | "column" | "endLine" | "endColumn">): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(place.file) },
      region: {
        startLine: place.line,
        startColumn: place.column,
        endLine: place.endLine,
        endColumn: place.endColumn,
      },
    },
  };
}

/** A relative path stays relative to the root of the checkout; every part is escaped. */
function uriOf(file: string): string {
  const path = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${path}` : path;
}
