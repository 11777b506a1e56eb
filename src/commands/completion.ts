// `shoofly completion SHELL`: the script that completes shoofly's words.
import { MigrationError } from "../core/error.ts";
import type { Command } from "./contract.ts";

export const completion: Command = {
  name: "completion",
  summary: "print the completion script for bash, zsh or fish",
  help: "Example: echo 'eval \"$(shoofly completion bash)\"' >> ~/.bashrc",
  argument: { name: "shell", required: true, summary: "bash, zsh or fish" },
  options: [],
  hasCheckpoints: false,
  run: async ({ name }) => {
    const { completionScript, shells } = await import("./completion-script.ts");
    const { commands } = await import("./index.ts");
    const { globalOptions } = await import("./global-options.ts");
    const shell = shells.find((each) => each === name);
    if (shell === undefined) {
      throw new MigrationError("usage", {
        happened: `There is no completion for ${JSON.stringify(name)}.`,
        safeNext: shells.map((each) => `shoofly completion ${each}`),
      });
    }
    const text = completionScript(
      shell,
      commands,
      globalOptions.map(([flags]) => flags),
    );
    return { document: { schema: "shoofly.completion/1", shell, script: text }, text };
  },
};
