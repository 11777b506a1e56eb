// `shoofly rollback NAME`: takes back what was done, in any state until purge.
import type { Command } from "./contract.ts";

export const rollback: Command = {
  name: "rollback",
  summary: "take a migration back, in any state until purge",
  help: "Data that has no place in the old shape is listed first, and nothing happens; --archive keeps it in schema shoofly.",
  argument: { name: "name", required: true, summary: "migration, or a unique part of its name" },
  options: [
    ["--to <state>", "ready: only back to where both versions are offered"],
    ["--archive", "keep data that has no place in the old shape in shoofly.archive_*"],
    ["--confirm <name>", "the migration's name, where there is no terminal to ask on"],
    ["--accept-drift", "go on although somebody else changed a touched table"],
  ],
  hasCheckpoints: true,
  run: async (call) => {
    const { confirmedChange } = await import("./confirmed-change.ts");
    return await confirmedChange("rollback", call);
  },
};
