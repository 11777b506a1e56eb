// Runs something that reports progress, with the console as its observer, and ends it with State and Next.
import type { Emit } from "../core/event.ts";
import type { StatusDocument } from "../documents/status.ts";
import { observers } from "../observers/index.ts";
import type { Project } from "../project/config.ts";
import { targetName } from "../project/target.ts";
import { entryText } from "../terminal/status-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Answer } from "./contract.ts";

export interface RunFrame {
  readonly project: Project;
  readonly terminal: Terminal;
  /** `start 0042_split_name` */
  readonly title: string;
}

export async function runAnswer(
  frame: RunFrame,
  run: (emit: Emit) => Promise<StatusDocument>,
): Promise<Answer & { readonly document: StatusDocument }> {
  const { terminal, project } = frame;
  const title = `${frame.title}   ${targetName(project.url())}`;
  const observer = observers.console({ terminal, title, env: process.env, now: Date.now });
  try {
    const document = await run(observer.emit);
    observer.close();
    return { document, text: document.migrations.map((entry) => entryText(entry, terminal.out)).join("\n") };
  } finally {
    observer.close();
  }
}
