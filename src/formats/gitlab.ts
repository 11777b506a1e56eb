// GitLab Code Quality: one JSON array; the fingerprint tells GitLab which findings are new in a merge request.
import type { Finding, Unanalysed } from "../core/finding.ts";
import { openFindings } from "./contract.ts";
import type { Format } from "./contract.ts";
import { fingerprints } from "./excerpt.ts";

const severities = { error: "critical", warning: "major", info: "info" } as const;

export const gitlab: Format = {
  name: "gitlab",
  write: (report) => {
    const unanalysed = report.document.unanalysed.map(asFinding);
    const all = [...unanalysed, ...openFindings(report)];
    const prints = fingerprints(all, report.textOf);
    const issues = all.map((finding, index) => ({
      description: finding.message,
      check_name: finding.rule,
      fingerprint: prints[index] ?? "",
      severity: finding.rule === "unanalysed" ? "blocker" : severities[finding.severity],
      location: { path: finding.file, lines: { begin: finding.line, end: finding.endLine } },
    }));
    return `${JSON.stringify(issues, null, 2)}\n`;
  },
};

function asFinding({ reason, ...place }: Unanalysed): Finding {
  return {
    rule: "unanalysed",
    severity: "error",
    ...place,
    message: `Not analysed: ${reason}`,
    lock: null,
    blocks: "none",
    rewrite: false,
    scan: false,
    heavy: false,
    plan: [],
    suppressed: null,
  };
}
