// `shoofly init`: the configuration file, the journal, and the baseline of a database that is not empty.
import type { InitDocument } from "../documents/answers.ts";
import type { Command } from "./contract.ts";

export const init: Command = {
  name: "init",
  summary: "prepare a project and its database: configuration, journal, baseline",
  help: "A database that is not empty is taken as it is: its journal begins here.",
  argument: null,
  options: [["--baseline <name>", "migration files up to this one are in the database already"]],
  hasCheckpoints: false,
  run: async ({ options, terminal, stop }) => {
    const { openProject } = await import("../project/config.ts");
    const { ensureConfig } = await import("../project/ensure-config.ts");
    const { adopt } = await import("../project/baseline.ts");
    const { withConnection } = await import("../project/reading.ts");
    const { targetName } = await import("../project/target.ts");
    const { askYes } = await import("../terminal/confirm.ts");
    const config = ensureConfig(options);
    const project = openProject(options);
    const target = targetName(project.url());
    const agree = async (relations: number): Promise<boolean> => {
      const found = `${target} is not empty: schema ${project.schema} holds ${relations} relation(s).`;
      terminal.err.write(`${found} It is taken as it is; every migration file counts as pending.\n`);
      return !terminal.canAsk || (await askYes(terminal, "Record this as the baseline?", stop));
    };
    const adoption = await withConnection(
      project,
      async (connection) => await adopt(connection, project, { baseline: options.baseline ?? null, agree }),
    );
    const document: InitDocument = { schema: "shoofly.init/1", config, ...adoption };
    return { document, text: initText(document, target) };
  },
};

const baselines: Readonly<Record<InitDocument["baseline"], string>> = {
  recorded: "recorded",
  present: "was there already",
  "not-needed": "not needed, the database is empty",
  declined: "not recorded; run `shoofly init` again when you know",
};

function initText({ config, journal, baseline, baselineFiles }: InitDocument, target: string): string {
  const files = baselineFiles.length === 0 ? "" : `: ${baselineFiles.join(", ")}`;
  return [
    `Config    ${config.file} ${config.created ? "written" : "was there already"}`,
    `Journal   ${baseline === "declined" ? "not installed" : `${journal === "installed" ? "installed in" : "was there already in"} schema shoofly of ${target}`}`,
    `Baseline  ${baselines[baseline]}${files}`,
    "State     ready for migrations",
    "Next      shoofly new NAME\n",
  ].join("\n");
}
