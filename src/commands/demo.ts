// `shoofly demo`: a whole migration of a million rows under load of both application versions, on a throw-away server.
import type { Emit } from "../core/event.ts";
import type { Answer, Command, Options } from "./contract.ts";
import type { DemoResult } from "../demo/demo.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const demo: Command = {
  name: "demo",
  summary: "migrate a million rows under load, on a throw-away PostgreSQL",
  help: "With --db, or DATABASE_URL, the throw-away databases are made on that server, which has to be on this machine; else the server is thrown away, too.",
  argument: null,
  options: [
    ["--rows <n>", "rows of the table (default: 1000000)"],
    ["--rounds <n>", "1, or 2 with a rollback in the second (default: 2)"],
  ],
  hasCheckpoints: true,
  run: async ({ options, terminal, stop, cancel }) => {
    const { demoOptions } = await import("../project/run-options.ts");
    const { runDemo } = await import("../demo/demo.ts");
    const { observers } = await import("../observers/index.ts");
    const observer = observers.console({ terminal, title: "demo", env: process.env, now: Date.now });
    try {
      const result = await runDemo({
        ...demoOptions(options),
        url: await serverUrl(options, observer.emit),
        note: (line) => observer.emit({ type: "note.made", message: line }),
        emit: observer.emit,
        stop,
        cancel,
      });
      return answerOf(result, terminal);
    } catch (error) {
      throw stop.aborted ? await brokenOff(error) : error;
    } finally {
      observer.close();
    }
  },
};

/** The server that is meant; undefined: an embedded one. A URL of another machine in the environment is nobody's wish for load. */
async function serverUrl(options: Options, emit: Emit): Promise<string | undefined> {
  const given = process.env["DATABASE_URL"] ?? "";
  if (options.db === undefined && given === "") return undefined;
  const { openProject } = await import("../project/config.ts");
  const url = openProject(options).url();
  const { isLoopback } = await import("../demo/loopback.ts");
  if (options.db !== undefined || isLoopback(url)) return url;
  emit({ type: "warning.raised", message: "DATABASE_URL is another machine's: the demo runs on an embedded server" });
  return undefined;
}

/** Whatever a signal broke, the demo's own databases are gone. */
async function brokenOff(cause: unknown): Promise<Error> {
  const { MigrationError } = await import("../core/error.ts");
  return new MigrationError("interrupted", {
    happened: "The demo was broken off; its databases are gone.",
    databaseNow: "Nothing of yours was touched.",
    outcome: "unchanged",
    safeNext: ["shoofly demo"],
    cause,
  });
}

function answerOf(result: DemoResult, { out }: Terminal): Answer {
  const { style } = out;
  const share = Math.round((100 * result.writes) / Math.max(1, result.reads + result.writes));
  const count = (value: number): string => value.toLocaleString("en-US");
  const lines = [
    style.paint(
      "strong",
      `${result.isClean ? "✓" : "✗"} ${count(result.failedStatements)} failed statements of ${count(result.statements)}`,
    ),
    `  slowest wait     ${result.slowestWaitMs} ms${result.slowestWaitMs < 250 ? "" : "   (the goal is below 250 ms)"}, 99 % within ${result.p99Ms} ms`,
    `  filled           ${count(result.rowsPerSecond)} rows/s, ${count(result.rows)} rows, ${count(result.mismatched)} mismatched`,
    `  load             ${count(result.statementsPerSecond)} statements/s, ${share} % writes, both versions on the same rows`,
    `  server           ${result.server}, ${Math.round(result.elapsedMs / 1000)} s in all; nothing is left behind`,
    `  states           ${result.states.join(", ")}`,
    ...result.problems.map((problem) => `  ✗ ${problem}`),
    ...result.firstFailures
      .slice(0, 5)
      .map((failure) => `  ✗ ${failure.version} ${failure.operation}: ${failure.sqlstate ?? "-"} ${failure.message}`),
    "",
    "Try it on a database of yours:",
    "  export DATABASE_URL=postgres://…    shoofly init    shoofly new add_note    shoofly plan add_note    shoofly start add_note\n",
  ];
  return { document: result, text: style.symbols(lines.join("\n")), exitCode: result.isClean ? 0 : 1 };
}
