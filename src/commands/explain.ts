// `shoofly explain CODE`: help for an error code, operation, rule, hazard or state; needs no database and no network.
import type { Command } from "./contract.ts";

export const explain: Command = {
  name: "explain",
  summary: "what an error code, operation, rule, hazard or state means, and what to do",
  help: "Without a word: every word that can be explained.",
  argument: { name: "code", required: false, summary: "for example lock-timeout or set-not-null" },
  options: [],
  hasCheckpoints: false,
  run: async ({ name }) => {
    const { explainCode } = await import("../project/explain.ts");
    const document = explainCode(name);
    return { document, text: document.code === null ? `${document.codes.join("\n")}\n` : document.text };
  },
};
