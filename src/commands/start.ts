// `shoofly start NAME`: expand, backfill, verify; ends when the new version is offered beside the old one.
import type { Command } from "./contract.ts";

export const start: Command = {
  name: "start",
  summary: "expand, backfill and verify; ends with both versions offered",
  help: "A second start of a failed or killed one resumes it. Ctrl-C stops after the running chunk.",
  argument: { name: "name", required: true, summary: "migration file, or a unique part of its name" },
  options: [
    ["--plan <file>", "run exactly this saved plan, or refuse it when it does not fit any more"],
    ["--until <phase>", "stop after this phase: expand, backfill or verify"],
    ["--versions <mode>", "views: the new version is a schema; direct: its columns stand beside the old ones"],
    ["--accept-drift", "go on although somebody else changed a touched table"],
    ["--workers <n>", "parallel workers of the backfill"],
    [
      "--shadow <auto|off|url>",
      "try the plan in a throw-away server: locks as observed, end as written (default: off)",
    ],
    ["--lock-budget <duration>", "how long a step may try to get its locks, e.g. 30s"],
  ],
  hasCheckpoints: true,
  run: async ({ name, options, terminal, stop, cancel }) => {
    const { openProject } = await import("../project/config.ts");
    const { startOptions } = await import("../project/run-options.ts");
    const { startMigration } = await import("../project/verbs.ts");
    const { runAnswer } = await import("./run-answer.ts");
    const project = openProject(options);
    return await runAnswer(
      { project, terminal, title: `start ${name}` },
      async (emit) => await startMigration(project, startOptions(name, options), { emit, stop, cancel }),
    );
  },
};
