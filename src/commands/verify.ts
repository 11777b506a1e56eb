// `shoofly verify NAME`: compares every row of both shapes while traffic goes on.
import type { Command } from "./contract.ts";

export const verify: Command = {
  name: "verify",
  summary: "compare every row of both shapes while traffic goes on; --repair mends what differs",
  help: "In the states ready and completed. Exit 6 when rows differ. A repair goes one way: from the shape that is in charge.",
  argument: { name: "name", required: true, summary: "migration, or a unique part of its name" },
  options: [["--repair", "mend rows that are wrong both ways; kept in the audit log"]],
  hasCheckpoints: true,
  run: async ({ name, options, terminal, stop, cancel }) => {
    const { openProject } = await import("../project/config.ts");
    const { verifyMigration } = await import("../project/verify-migration.ts");
    const { errorCodes } = await import("../core/error.ts");
    const { verifyText } = await import("../terminal/history-text.ts");
    const document = await verifyMigration(openProject(options), name, options.repair === true, { stop, cancel });
    const exitCode = document.mismatched === 0 ? 0 : errorCodes["verification-failed"].exitCode;
    return { document, text: verifyText(document, terminal.out), exitCode };
  },
};
