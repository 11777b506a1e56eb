// `shoofly doctor`: privileges, settings, leftovers, old transactions, poolers; each finding with a remedy that can be typed.
import type { Call, Command } from "./contract.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "check database and files; every finding comes with a remedy",
  help: "Exit 4 when a check fails. --fix shows the statements it would run, then asks; it never drops data.",
  argument: null,
  options: [
    ["--fix", "drop invalid indexes and left-over triggers, after asking"],
    ["--confirm <database>", "the database's name for --fix, where there is no terminal to ask on"],
    ["--accept <name>", "settle that this migration file was edited, is gone or comes out of order"],
    ["--reason <text>", "why it is accepted; kept in the audit log"],
  ],
  hasCheckpoints: false,
  run: async (call) => {
    const { options, terminal } = call;
    const { openProject } = await import("../project/config.ts");
    const { examine } = await import("../doctor/examine.ts");
    const { withConnection } = await import("../project/reading.ts");
    const { doctorText } = await import("../terminal/doctor-text.ts");
    const project = openProject(options);
    if (options.accept !== undefined) {
      const given = { name: options.accept, reason: options.reason ?? "" };
      const { acceptDeviation } = await import("../project/accept.ts");
      const accepted = await withConnection(
        project,
        async (connection) => await acceptDeviation(connection, project, given),
      );
      terminal.err.write(`accepted (${accepted.kind}): ${accepted.happened}\n`);
    }
    let { document, fixes } = await examine(project, options.accept === undefined ? undefined : ["history"]);
    if (options.fix === true && fixes.length > 0) {
      await confirmFixes(call, project.url(), fixes);
      const { runFixes } = await import("../project/run-fixes.ts");
      const report = (sql: string): void => terminal.err.write(`done: ${sql}\n`);
      await withConnection(project, async (connection) => await runFixes(connection, fixes, report));
      ({ document, fixes } = await examine(project));
    }
    return { document, text: doctorText(document, terminal.out), exitCode: document.healthy ? 0 : 4 };
  },
};

async function confirmFixes({ terminal, options, stop }: Call, url: string, fixes: readonly string[]): Promise<void> {
  const { targetName, targetOf } = await import("../project/target.ts");
  const { confirm } = await import("../terminal/confirm.ts");
  const { database } = targetOf(url);
  const lines = [`--fix will run on ${targetName(url)}:`, ...fixes.map((sql) => `  ${sql}`)];
  const confirmation = {
    lines,
    name: database,
    typed: database,
    confirm: options.confirm,
    mustTypeName: false,
    command: "shoofly doctor --fix",
  };
  await confirm(terminal, confirmation, stop);
}
