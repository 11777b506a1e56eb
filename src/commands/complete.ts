// `shoofly complete NAME`: makes the new shape the table's own and closes the old version.
import type { Command } from "./contract.ts";

export const complete: Command = {
  name: "complete",
  summary: "switch to the new version and close the old one; rollback stays possible until purge",
  help: "Gates first: everything verified, no conflicts, no session that is declared as a client of the old version.",
  argument: { name: "name", required: true, summary: "migration, or a unique part of its name" },
  options: [
    ["--confirm <name>", "the migration's name, where there is no terminal to ask on"],
    ["--gate <level>", "strict: refuse unknown sessions, too; none: do not look (needs --reason)"],
    ["--reason <text>", "why the gate is skipped; kept in the audit log"],
    ["--accept-drift", "go on although somebody else changed a touched table"],
  ],
  hasCheckpoints: true,
  run: async (call) => {
    const { confirmedChange } = await import("./confirmed-change.ts");
    return await confirmedChange("complete", call);
  },
};
