// `shoofly latest`: which version an application should use now.
import type { Command } from "./contract.ts";

export const latest: Command = {
  name: "latest",
  summary: "the version that applications should use: its schema, or with --url a connection URL",
  help: "Example: DATABASE_URL=$(shoofly latest --url) npm start\nThe URL is the one that was given, password included.",
  argument: null,
  options: [["--url", "print a URL whose search_path chooses the version"]],
  hasCheckpoints: false,
  run: async ({ options }) => {
    const { openProject } = await import("../project/config.ts");
    const { readLatestVersion } = await import("../project/looks.ts");
    const document = await readLatestVersion(openProject(options), options.url === true);
    return { document, text: `${document.url ?? document.version}\n` };
  },
};
