// `doctor --fix`: shows the statements, asks, then runs them one by one. None of them drops data.
import { MigrationError } from "../core/error.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import type { Project } from "../project/config.ts";
import { withConnection } from "../project/reading.ts";
import { targetName, targetOf } from "../project/target.ts";
import { confirm } from "../terminal/confirm.ts";
import type { Terminal } from "../terminal/terminal.ts";

const triesMax = 20;

export interface FixOptions {
  readonly terminal: Terminal;
  readonly confirm: string | undefined;
  readonly stop: AbortSignal;
}

export async function applyFixes(project: Project, fixes: readonly string[], options: FixOptions): Promise<void> {
  const { terminal } = options;
  const { database } = targetOf(project.url());
  terminal.err.write(`--fix would run on ${targetName(project.url())}:\n${fixes.map((sql) => `  ${sql}\n`).join("")}`);
  const confirmation = {
    lines: [],
    name: database,
    typed: database,
    confirm: options.confirm,
    mustTypeName: false,
    command: "shoofly doctor --fix",
  };
  await confirm(terminal, confirmation, options.stop);
  await withConnection(project, async (connection) => {
    for (const sql of fixes) {
      await patiently(async () => await connection.query(sql), sql);
      terminal.err.write(`done: ${sql}\n`);
    }
  });
}

/** Every lock request gives up after 200 ms, so that nobody queues behind it for long; then it is asked again. */
async function patiently(run: () => Promise<unknown>, sql: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind !== "lock-timeout") throw error;
      if (tries === triesMax) {
        throw new MigrationError("lock-timeout", {
          happened: `The lock for ${sql} was not granted in ${tries} tries.`,
          databaseNow: "Earlier statements of the list took effect; this one did not.",
          safeNext: ["shoofly doctor   (shows old transactions)", "shoofly doctor --fix"],
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
    }
  }
}
