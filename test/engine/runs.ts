// Runs verbs of the engine in this process, or in a child process that can be killed.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { MigrationError } from "../../src/core/error.ts";
import type { Event } from "../../src/core/event.ts";
import type { Verb } from "../../src/core/phase.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { MigrationRecord } from "../../src/core/record.ts";
import { connect, type Connection } from "../../src/dialects/postgres/connect.ts";
import type { RunOptions } from "../../src/engine/run-options.ts";
import { runVerb } from "../../src/engine/run.ts";
import { dumpSchema } from "../support/dump.ts";
import type { TestDatabase } from "../support/database.ts";

export interface RunExtras extends Partial<Omit<RunOptions, "emit" | "makePlan">> {
  readonly onEvent?: (event: Event) => void;
}

export async function run(url: string, verb: Verb, plan: Plan, extras: RunExtras = {}): Promise<MigrationRecord> {
  const { onEvent, ...options } = extras;
  return await runVerb({
    url,
    verb,
    migration: plan.migration,
    makePlan: async () => await Promise.resolve(plan),
    emit: (event) => onEvent?.(event),
    stop: new AbortController().signal,
    cancel: new AbortController().signal,
    crash: () => undefined,
    by: "test",
    ...options,
  });
}

/** The error that the verb ends with. */
export async function refusal(url: string, verb: Verb, plan: Plan, extras: RunExtras = {}): Promise<MigrationError> {
  try {
    const { state } = await run(url, verb, plan, extras);
    throw new Error(`${verb} went through: ${state}`);
  } catch (error) {
    if ((error as Error).name !== "MigrationError") throw error;
    return error as MigrationError;
  }
}

/** Takes a verb as far as the k-th finished step of this call. */
export async function runSteps(url: string, verb: Verb, plan: Plan, count: number): Promise<void> {
  const stop = new AbortController();
  let finished = 0;
  await run(url, verb, plan, {
    stop: stop.signal,
    onEvent: ({ type }) => {
      if (type === "step.finished" || type === "step.undone") finished += 1;
      if (finished >= count) stop.abort();
    },
  }).catch((error: MigrationError) => {
    if (error.code !== "interrupted") throw error;
  });
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** `state` of the migration, or `code` of the error. */
  readonly result: { readonly state?: string; readonly code?: string; readonly happened?: string };
}

export interface Child {
  readonly process: ChildProcess;
  readonly events: Event[];
  readonly ended: Promise<ChildEnd>;
}

/** Another process with the built engine; `crashAt` ends it by SIGKILL at that point. */
export function runChild(
  url: string,
  verb: Verb,
  plan: Plan,
  options: { readonly crashAt?: string; readonly extras?: RunExtras } = {},
): Child {
  const words = JSON.stringify({ url, verb, plan, extras: options.extras ?? {} });
  const child = spawn(process.execPath, [join(import.meta.dirname, "runner-child.mjs")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, SHOOFLY_CRASH_AT: options.crashAt ?? "" },
  });
  child.stdin.end(words);
  const events: Event[] = [];
  let text = "";
  let result: ChildEnd["result"] = {};
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as { event?: Event; result?: ChildEnd["result"] };
      if (message.event !== undefined) events.push(message.event);
      if (message.result !== undefined) ({ result } = message as { result: ChildEnd["result"] });
    }
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, result }) as ChildEnd);
  return { process: child, events, ended };
}

export async function withConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, { applicationName: "test" });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** The schema `public` with everything in it, and the rows of `items` as they are. */
export async function contentOf(database: TestDatabase): Promise<{ dump: string; rows: unknown }> {
  const client = await database.connect();
  try {
    const dump = await dumpSchema(client, ["public"]);
    const { rows } = await client.query(
      "select count(*)::int as count, md5(string_agg(to_jsonb(t)::text, ',' order by id)) as hash, sum(n)::int as n from items t",
    );
    return { dump, rows: rows[0] };
  } finally {
    await client.end();
  }
}
