// `shoofly show NAME`: one migration in full: its steps, its log, where it is.
import type { Command } from "./contract.ts";

export const show: Command = {
  name: "show",
  summary: "one migration in full: steps, log, plan (with --json), where it is",
  help: "Example: shoofly show price_cents --json | jq .plan.steps",
  argument: { name: "name", required: true, summary: "migration, or a unique part of its name" },
  options: [],
  hasCheckpoints: false,
  run: async ({ name, options, terminal }) => {
    const { openProject } = await import("../project/config.ts");
    const { showMigration } = await import("../project/history.ts");
    const { showText } = await import("../terminal/history-text.ts");
    const document = await showMigration(openProject(options), name);
    return { document, text: showText(document, terminal.out) };
  },
};
