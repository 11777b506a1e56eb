// `shoofly lint`: what SQL files would do to a live database, found before they run. Changes nothing.
import type { Command } from "./contract.ts";

export const lint: Command = {
  name: "lint",
  summary: "what SQL files would lock, rewrite or break, with the safe way; needs no database",
  help: [
    "FILES are SQL files or directories, - is standard input; without any, the migrations directory is read.",
    "Files and statements are seen in order: a table that an earlier statement makes is new, nobody waits for it.",
    "--db adds sizes and the schema of a database; without it lint asks no server, whatever DATABASE_URL says.",
    "Exit 3 when a finding counts (--fail-on), 2 when something could not be judged, whatever else was found.",
    'Accept a risk in a comment before the statement: -- shoofly:allow RULE reason="…" [until=YYYY-MM-DD]',
  ].join("\n"),
  argument: { name: "files", required: false, summary: "SQL files or directories; - is standard input", isList: true },
  options: [
    ["--since <rev>", "judge only files that differ from this git revision"],
    ["--format <format>", "text, json, sarif, github, gitlab, junit or gcc (default: text)"],
    ["--fail-on <severity>", "error, warning or info (default: error)"],
    ["--pg <major>", "major version of the server, 13 to 18 (default: of the database, or 18)"],
    ["--stats <file>", "sizes of the tables as JSON, where no database is given"],
  ],
  hasCheckpoints: false,
  run: async ({ options, names, terminal }) => {
    const { openProject } = await import("../project/config.ts");
    const { lintProject } = await import("../project/lint.ts");
    const { formatName, lintOptions } = await import("../project/run-options.ts");
    const { formats } = await import("../formats/index.ts");
    const { ruleSummary } = await import("../planner/lint/rule-names.ts");
    const name = formatName(
      options,
      formats.map((each) => each.name),
    );
    const today = new Date().toISOString().slice(0, 10);
    const outcome = await lintProject(openProject(options), lintOptions(names, options, today));
    const report = { ...outcome, summaryOf: ruleSummary };
    if (name === "github") await appendSummary(report);
    const { style, width } = terminal.out;
    const text = formats.find((each) => each.name === name)?.write(report, { style, width }) ?? "";
    return { document: outcome.document, text, exitCode: outcome.exitCode };
  },
};

/** GitHub shows the file behind `GITHUB_STEP_SUMMARY` on the page of the run. */
async function appendSummary(
  report: Parameters<typeof import("../formats/github.ts").githubSummary>[0],
): Promise<void> {
  const file = process.env["GITHUB_STEP_SUMMARY"] ?? "";
  if (file === "") return;
  const { appendFileSync } = await import("node:fs");
  const { githubSummary } = await import("../formats/github.ts");
  appendFileSync(file, githubSummary(report));
}
