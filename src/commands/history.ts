// `shoofly history [NAME]`: the audit log of the database.
import type { Command } from "./contract.ts";

export const history: Command = {
  name: "history",
  summary: "who did what and when, from the database's own audit log",
  help: "Oldest first; the log of one migration when a name is given.",
  argument: { name: "name", required: false, summary: "migration, or a unique part of its name" },
  options: [["--limit <n>", "only the latest entries (default: 50, at most 1000)"]],
  hasCheckpoints: false,
  run: async ({ name, options, terminal }) => {
    const { openProject } = await import("../project/config.ts");
    const { historyEntriesMax, readHistory } = await import("../project/history.ts");
    const { wholeNumber } = await import("../project/run-options.ts");
    const { historyText } = await import("../terminal/history-text.ts");
    const limit = wholeNumber(options.limit ?? "50", "--limit", historyEntriesMax);
    const document = await readHistory(openProject(options), name, limit);
    return { document, text: historyText(document.entries, terminal.out) };
  },
};
