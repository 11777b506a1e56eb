// `shoofly plan NAME`: the steps, their locks, times and undo, before anything happens. Reads only.
import type { Command } from "./contract.ts";

export const plan: Command = {
  name: "plan",
  summary: "show and save the steps of a migration: SQL, locks, time, undo",
  help: "The plan is saved to .shoofly/plans/NAME.json; `shoofly start NAME --plan FILE` runs exactly that one.\nPending files before NAME are part of the plan.",
  argument: { name: "name", required: true, summary: "migration file, or a unique part of its name" },
  options: [
    ["-o, --output <file>", "save the plan to this file"],
    ["--sql", "print the statements instead of the table"],
    [
      "--shadow <auto|off|url>",
      "try the plan in a throw-away server: locks as observed, end as written (default: off)",
    ],
    ["--report <file>", "write a Markdown document for people who decide"],
    ["--versions <mode>", "views: the new version is a schema; direct: its columns stand beside the old ones"],
  ],
  hasCheckpoints: false,
  run: async ({ name, options, terminal }) => {
    const { openProject } = await import("../project/config.ts");
    const { planMigration } = await import("../project/looks.ts");
    const { savePlan, writeWhole } = await import("../project/saved-plan.ts");
    const { targetName } = await import("../project/target.ts");
    const { reportPath } = await import("../project/run-options.ts");
    const project = openProject(options);
    const report = reportPath(options);
    const { plan: made, serverVersion } = await planMigration(project, name);
    const saved = savePlan(made, options.output);
    const context = { target: targetName(project.url()), serverVersion, saved };
    if (report !== null) {
      const { planReport } = await import("../terminal/plan-report.ts");
      terminal.err.write(`report written to ${writeWhole(report, planReport(made, context))}\n`);
    }
    if (options.sql === true) {
      const { planSql } = await import("../terminal/plan-sql.ts");
      return { document: made, text: planSql(made) };
    }
    const { planText } = await import("../terminal/plan-text.ts");
    return { document: made, text: planText(made, context, terminal.out.style, terminal.out.width) };
  },
};
