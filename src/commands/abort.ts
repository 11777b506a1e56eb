// `shoofly abort NAME`: asks the runner, on whatever host, to stop after its chunk.
import type { AbortDocument } from "../documents/answers.ts";
import type { Command } from "./contract.ts";

export const abort: Command = {
  name: "abort",
  summary: "stop a running migration from anywhere; everything done is kept",
  help: "The request is a row in the target database; the runner answers within a second or two.",
  argument: { name: "name", required: true, summary: "migration, or a unique part of its name" },
  options: [["--reason <text>", "kept in the audit log"]],
  hasCheckpoints: false,
  run: async ({ name, options }) => {
    const { openProject } = await import("../project/config.ts");
    const { requestAbort } = await import("../project/looks.ts");
    const document = await requestAbort(openProject(options), name, options.reason ?? null);
    return { document, text: abortText(document) };
  },
};

function abortText({ acknowledged, migration, state }: AbortDocument): string {
  const answer = acknowledged
    ? "acknowledged by the runner; it stops after its chunk"
    : "no runner answered: none is at work, so nothing goes on";
  return `Asked  ${answer}\nState  ${state}, everything done is kept\nNext   shoofly status ${migration}\n`;
}
