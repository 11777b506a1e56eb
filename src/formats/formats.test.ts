// Every format against what its readers demand: SARIF 2.1.0, GitLab Code Quality, JUnit, workflow commands, gcc lines.
import { expect, test } from "vitest";
import type { Finding } from "../core/finding.ts";
import { makeStyle } from "../terminal/style.ts";
import type { LintReport } from "./contract.ts";
import { githubSummary } from "./github.ts";
import { formats } from "./index.ts";

const source = `-- ä\nALTER TABLE "a" SET X;\nDROP TABLE b;\nDROP TABLE b;\n`;

function finding(parts: Partial<Finding>): Finding {
  return {
    rule: "drop-table",
    severity: "error",
    file: "dir with blank/a.sql",
    line: 3,
    column: 1,
    endLine: 3,
    endColumn: 13,
    message: 'Gone: 100 %,\nreally <gone> & "away"',
    lock: "ACCESS EXCLUSIVE",
    blocks: "reads+writes",
    rewrite: false,
    scan: false,
    heavy: false,
    plan: ["expand.1 first", "purge.1 last"],
    suppressed: null,
    ...parts,
  };
}

const place = { file: "dir with blank/a.sql", line: 2, column: 19, endLine: 2, endColumn: 22 };
const report: LintReport = {
  document: {
    schema: "shoofly.lint/1",
    unanalysed: [{ ...place, reason: "Syntax error." }],
    findings: [
      finding({ severity: "info", rule: "brief-lock" }),
      finding({}),
      finding({ line: 4, endLine: 4 }),
      finding({ rule: "json-column", severity: "warning", suppressed: "the text is signed" }),
    ],
  },
  files: ["dir with blank/a.sql", "b.sql"],
  textOf: () => source,
  summaryOf: (rule) => `about ${rule}`,
  failOn: "error",
};
const paper = { style: makeStyle({ isTty: false, color: false, env: {} }), width: 100 };

function written(name: string, given: LintReport = report): string {
  const format = formats.find((each) => each.name === name);
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return format.write(given, paper);
}

test("sarif: version, rules, regions, fingerprints, suppressions, notifications", () => {
  const log = JSON.parse(written("sarif")) as {
    version: string;
    $schema: string;
    runs: {
      columnKind: string;
      tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
      invocations: { executionSuccessful: boolean; toolExecutionNotifications: { level: string }[] }[];
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: { physicalLocation: { artifactLocation: { uri: string }; region: Record<string, number> } }[];
        partialFingerprints: Record<string, string>;
        suppressions?: { kind: string; justification: string }[];
      }[];
    }[];
  };
  const [run] = log.runs;
  expect(log.version).toBe("2.1.0");
  expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(["brief-lock", "drop-table", "json-column"]);
  expect(run?.invocations).toMatchObject([
    { executionSuccessful: false, toolExecutionNotifications: [{ level: "error" }] },
  ]);
  for (const result of run?.results ?? []) {
    expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(["error", "warning", "note"]).toContain(result.level);
    expect(result.locations[0]?.physicalLocation.artifactLocation.uri).toBe("dir%20with%20blank/a.sql");
    for (const value of Object.values(result.locations[0]?.physicalLocation.region ?? {}))
      expect(value).toBeGreaterThan(0);
  }
  expect(run?.results.map(({ suppressions }) => suppressions?.[0]?.justification)).toEqual([
    undefined,
    undefined,
    undefined,
    "the text is signed",
  ]);
  const prints = run?.results.map(({ partialFingerprints }) => partialFingerprints["shooflyStatement/v1"]) ?? [];
  expect(new Set(prints).size).toBe(4);
});

test("gitlab: the fields it reads, and fingerprints that survive a comment added above", () => {
  interface Issue {
    description: string;
    check_name: string;
    fingerprint: string;
    severity: string;
    location: { path: string; lines: { begin: number; end: number } };
  }
  const issues = JSON.parse(written("gitlab")) as Issue[];
  expect(issues.map(({ check_name, severity }) => `${check_name} ${severity}`)).toEqual([
    "unanalysed blocker",
    "brief-lock info",
    "drop-table critical",
    "drop-table critical",
  ]);
  for (const { fingerprint, location } of issues) {
    expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(location.path).toBe("dir with blank/a.sql");
    expect(location.lines.begin).toBeGreaterThan(0);
  }
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  const moved = JSON.parse(
    written("gitlab", {
      ...report,
      textOf: () => `-- added\n${source}`,
      document: {
        ...report.document,
        unanalysed: [],
        findings: report.document.findings.map((each) => ({
          ...each,
          line: each.line + 1,
          endLine: each.endLine + 1,
        })),
      },
    }),
  ) as Issue[];
  expect(moved.map(({ fingerprint }) => fingerprint)).toEqual(issues.slice(1).map(({ fingerprint }) => fingerprint));
});

test("junit: counts that add up, well-formed and escaped", () => {
  const xml = written("junit");
  expect(xml).toContain('<testsuites name="shoofly lint" tests="5" failures="2" errors="1">');
  expect(xml).toContain('<testsuite name="b.sql" tests="1" failures="0" errors="0">');
  expect(xml).toContain("really &lt;gone&gt; &amp; &quot;away&quot;");
  expect(xml.match(/<failure /g)).toHaveLength(2);
  expect(xml.match(/<error /g)).toHaveLength(1);
  // Every tag that opens closes, in order.
  const open: string[] = [];
  for (const [, end, name = "", closed] of xml.matchAll(/<(\/?)([a-z-]+)(?:\s+[a-z]+="[^"<]*")*\s*(\/?)>/g)) {
    if (end === "/") expect(open.pop()).toBe(name);
    else if (closed !== "/") open.push(name);
  }
  expect(open).toEqual([]);
});

test("github: escaped, the worst first, what was accepted left out; the summary is a table", () => {
  const lines = written("github").trimEnd().split("\n");
  expect(lines.map((line) => line.slice(0, line.indexOf(" ")))).toEqual(["::error", "::error", "::error", "::notice"]);
  expect(lines[1]).toContain("title=shoofly drop-table::Gone: 100 %25,%0Areally <gone>");
  expect(lines[1]).toMatch(/^::error file=dir with blank\/a\.sql,line=3,endLine=3,col=1,endColumn=13,/);
  const summary = githubSummary(report);
  expect(summary).toContain("### shoofly lint: 4 findings in 2 files");
  expect(summary).toContain("| error | `dir with blank/a.sql:3` | drop-table | Gone: 100 %,<br>really");
});

test("gcc: one line each", () => {
  expect(written("gcc").trimEnd().split("\n")).toEqual([
    "dir with blank/a.sql:2:19: error: not analysed: Syntax error.",
    'dir with blank/a.sql:3:1: note: Gone: 100 %, really <gone> & "away" [brief-lock]',
    'dir with blank/a.sql:3:1: error: Gone: 100 %, really <gone> & "away" [drop-table]',
    'dir with blank/a.sql:4:1: error: Gone: 100 %, really <gone> & "away" [drop-table]',
  ]);
});

test("text: carets under the range, the safe way, how to accept, what another linter's comment would need", () => {
  const text = written("text", {
    ...report,
    textOf: () => `-- ä\nALTER TABLE "a" SET X;\n-- squawk-ignore drop\nDROP TABLE b;\n`,
    document: { ...report.document, findings: [finding({ line: 4, endLine: 4 })] },
  });
  expect(text).toContain(
    'dir with blank/a.sql:2:19  not analysed\n  2 | ALTER TABLE "a" SET X;\n    |                   ^^^\n',
  );
  expect(text).toContain("a.sql:4:1  error  drop-table\n  4 | DROP TABLE b;\n    | ^^^^^^^^^^^^\n");
  expect(text).toContain("  Safe way (2 steps):\n    expand.1 first\n    purge.1 last\n");
  expect(text).toContain('-- shoofly:allow drop-table reason="…" until=YYYY-MM-DD');
  expect(text).toContain('"squawk-ignore" does not count here');
  expect(text.endsWith("1 error in 2 files · 1 not analysed\n")).toBe(true);
});
