// `shoofly doctor`: privileges, settings, leftovers, old transactions, poolers; each finding with a remedy that can be typed.
import type { Command } from "./contract.ts";

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
  run: async ({ options, terminal, stop }) => {
    const { openProject } = await import("../project/config.ts");
    const { examine } = await import("../doctor/examine.ts");
    const { doctorText } = await import("../terminal/doctor-text.ts");
    const project = openProject(options);
    if (options.accept !== undefined) {
      const { acceptFile } = await import("../doctor/accept-file.ts");
      terminal.err.write(await acceptFile(project, options));
    }
    const only = options.accept === undefined ? undefined : ["history"];
    let { document, fixes } = await examine(project, only);
    if (options.fix === true && fixes.length > 0) {
      const { applyFixes } = await import("../doctor/apply-fixes.ts");
      await applyFixes(project, fixes, { terminal, confirm: options.confirm, stop });
      ({ document, fixes } = await examine(project));
    }
    return { document, text: doctorText(document, terminal.out), exitCode: document.healthy ? 0 : 4 };
  },
};
