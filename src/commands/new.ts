// `shoofly new NAME`: an empty migration file with the right name.
import type { NewDocument } from "../documents/answers.ts";
import type { Command } from "./contract.ts";

export const newCommand: Command = {
  name: "new",
  summary: "make an empty migration file",
  help: 'Example: shoofly new "price cents"   makes migrations/YYYYMMDDHHMMSS_price_cents.sql',
  argument: { name: "name", required: true, summary: "what the migration does, in a few words" },
  options: [["--ts", "write it in TypeScript instead of SQL"]],
  hasCheckpoints: false,
  run: async ({ name, options }) => {
    const { openProject } = await import("../project/config.ts");
    const { discoverFiles } = await import("../files/discover.ts");
    const { scaffold } = await import("../files/scaffold.ts");
    const project = openProject(options);
    const names = discoverFiles(project.migrations).map((file) => file.name);
    const { migrations: directory, schema } = project;
    const made = scaffold({
      directory,
      given: name,
      schema,
      names,
      now: new Date(),
      form: options.ts === true ? "ts" : "sql",
    });
    const document: NewDocument = { schema: "shoofly.new/1", ...made };
    return {
      document,
      text: `State  ${made.file} written\nNext   write the change into it, then: shoofly plan ${made.name}\n`,
    };
  },
};
