// `shoofly migrate`: start and complete everything that is pending.
import type { Command } from "./contract.ts";

export const migrate: Command = {
  name: "migrate",
  summary: "start and complete all pending migrations in order; for development, CI and small databases",
  help: "Asks nothing. Purges at once when no other session is there; with other sessions the old shapes stay until purge.",
  argument: null,
  options: [["--to <name>", "stop after this migration"]],
  hasCheckpoints: true,
  run: async ({ options, terminal, stop, cancel }) => {
    const { openProject } = await import("../project/config.ts");
    const { migrateAll } = await import("../project/migrate.ts");
    const { targetName } = await import("../project/target.ts");
    const { statusText } = await import("../terminal/status-text.ts");
    const { runAnswer } = await import("./run-answer.ts");
    const project = openProject(options);
    const answer = await runAnswer(
      { project, terminal, title: "migrate" },
      async (emit) => await migrateAll(project, options.to ?? null, { emit, stop, cancel }),
    );
    return { ...answer, text: statusText(answer.document, targetName(project.url()), terminal.out, Date.now()) };
  },
};
