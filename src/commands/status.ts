// `shoofly status [NAME]`: what is going on, asked of the database.
import type { Command } from "./contract.ts";

export const status: Command = {
  name: "status",
  summary: "what is going on; with --watch or --wait-for until it changes",
  help: "Example: shoofly status price_cents --wait-for ready --timeout 2h   (exit 8 when the time is over)",
  argument: { name: "name", required: false, summary: "one migration in full" },
  options: [
    ["--watch", "follow it until it rests"],
    ["--wait-for <state>", "wait until it is in this state, e.g. ready"],
    ["--timeout <duration>", "how long to wait (default: 1h)"],
  ],
  hasCheckpoints: false,
  run: async ({ name, options, terminal }) => {
    const { openProject } = await import("../project/config.ts");
    const { readProjectStatus } = await import("../project/looks.ts");
    const { targetName } = await import("../project/target.ts");
    const { entryText, statusText } = await import("../terminal/status-text.ts");
    const project = openProject(options);
    if (options.watch === true || options.waitFor !== undefined) {
      const { watchOptions } = await import("../project/run-options.ts");
      const { watchMigration } = await import("../project/watch.ts");
      const { withConnection } = await import("../project/reading.ts");
      const { runAnswer } = await import("./run-answer.ts");
      const wanted = watchOptions(name, options);
      return await runAnswer(
        { project, terminal, title: name },
        async (emit) =>
          await withConnection(
            project,
            async (connection) => await watchMigration(connection, project, { ...wanted, emit }),
          ),
      );
    }
    const document = await readProjectStatus(project, name === "" ? undefined : name);
    if (name === "")
      return { document, text: statusText(document, targetName(project.url()), terminal.out, Date.now()) };
    return { document, text: document.migrations.map((entry) => entryText(entry, terminal.out)).join("\n") };
  },
};
