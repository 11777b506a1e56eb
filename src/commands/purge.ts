// `shoofly purge NAME`: drops the old shape. The only verb that cannot be taken back.
import type { Command } from "./contract.ts";

export const purge: Command = {
  name: "purge",
  summary: "drop the old shape for good; the only step without a way back",
  help: "On a terminal the name has to be typed.",
  argument: { name: "name", required: true, summary: "migration, or a unique part of its name" },
  options: [
    ["--confirm <name>", "the migration's name, where there is no terminal to ask on"],
    ["--accept-drift", "go on although somebody else changed a touched table"],
  ],
  hasCheckpoints: true,
  run: async (call) => {
    const { confirmedChange } = await import("./confirmed-change.ts");
    return await confirmedChange("purge", call);
  },
};
