// Case folders: `schema.sql`, `change.sql`, and `naive.sql` when the naive SQL cannot run as written. The harness runs each one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../../src/core/event.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { MigrationRecord } from "../../src/core/record.ts";
import { connect } from "../../src/dialects/postgres/connect.ts";
import type { Connection } from "../../src/dialects/postgres/connect.ts";
import { introspect } from "../../src/dialects/postgres/introspect.ts";
import { Journal } from "../../src/engine/journal.ts";
import { runVerb } from "../../src/engine/run.ts";
import { checkExpressions } from "../../src/planner/check-expressions.ts";
import { plan } from "../../src/planner/plan.ts";

export interface Case {
  /** `change-column-type/happy` */
  readonly name: string;
  readonly directory: string;
  readonly schemaSql: string;
  readonly changeSql: string;
  /** `direct`, from a file `mode`; else versioned views. */
  readonly mode?: "views" | "direct";
  /** What the finished migration must equal. */
  readonly naiveSql: string;
}

export const migrationName = "20260101000000_change";

const operations = join(import.meta.dirname, "../../src/operations");

/** Every case of every operation, by name. */
export function readCases(): Case[] {
  return readdirSync(operations, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(operations, entry.name, "cases")))
    .flatMap((entry) =>
      readdirSync(join(operations, entry.name, "cases")).map((name) =>
        readCase(`${entry.name}/${name}`, join(operations, entry.name, "cases", name)),
      ),
    );
}

/** A case whose name ends in a major version needs that one or a later. */
export function canRun({ name }: Case, server: { readonly version: number }): boolean {
  return server.version >= Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
}

export function casesOn(server: { readonly version: number }): Case[] {
  return readCases().filter((each) => canRun(each, server));
}

function readCase(name: string, directory: string): Case {
  const read = (file: string): string => readFileSync(join(directory, file), "utf8");
  const changeSql = read("change.sql");
  return {
    name,
    directory,
    schemaSql: read("schema.sql"),
    changeSql,
    mode: existsSync(join(directory, "mode")) && read("mode").trim() === "direct" ? "direct" : "views",
    naiveSql: existsSync(join(directory, "naive.sql")) ? read("naive.sql") : changeSql,
  };
}

/** The plan of a case on a database that has its schema. */
export async function planCase(connection: Connection, each: Case): Promise<Plan> {
  const journal = await Journal.openIfThere(connection);
  const done = (await journal?.migrations())?.findLast((migration) =>
    ["completed", "purged"].includes(migration.state),
  );
  const { schema, facts } = await introspect(connection, {
    schema: "public",
    currentVersion: done?.versions.new ?? "public",
  });
  const made = await plan({
    files: [{ name: migrationName, file: "change.sql", text: each.changeSql, checksum: "sha256:case" }],
    schema,
    facts,
    ...(each.mode === undefined ? {} : { versions: each.mode }),
  });
  await checkExpressions(connection, made);
  return made;
}

export interface VerbOptions {
  readonly verb: "start" | "complete" | "rollback" | "purge";
  /** Stop after so many finished steps of this call. */
  readonly stopAfter?: number;
  readonly archive?: boolean;
  readonly onEvent?: (event: Event) => void;
}

/** One verb on one database, by the product's own engine. */
export async function runCase(url: string, each: Case, options: VerbOptions): Promise<MigrationRecord> {
  const stop = new AbortController();
  let finished = 0;
  return await runVerb({
    url,
    verb: options.verb,
    migration: migrationName,
    makePlan: async (connection) => await planCase(connection, each),
    ...(options.archive === undefined ? {} : { archive: options.archive }),
    gate: "standard",
    emit: (event) => {
      options.onEvent?.(event);
      if (event.type === "step.finished" && options.stopAfter !== undefined && ++finished >= options.stopAfter)
        stop.abort();
    },
    stop: stop.signal,
    cancel: new AbortController().signal,
    crash: () => undefined,
    by: "test",
  });
}

export async function withConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, { applicationName: "test" });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** A plan as reviewable text: the golden of a case. */
export function planText(made: Plan): string {
  const steps = made.steps.flatMap((step) => [
    `${step.id} ${step.kind} (${step.strategy}) ${step.title}`,
    ...step.locks.map((lock) => `    lock ${lock.mode} on ${lock.relation}`),
    ...(step.kind === "verify" ? step.checks.map((check) => `    check ${check.title}`) : []),
    ...step.sql.map((sql) => `    ${step.transaction ? "tx " : ""}> ${sql.replaceAll("\n", "\n      ")}`),
    ...step.undo.map((sql) => `    ${step.undoTransaction ? "tx " : ""}< ${sql.replaceAll("\n", "\n      ")}`),
    ...(step.reversible ? [] : ["    cannot be undone"]),
  ]);
  const hazards = made.hazards.map((hazard) => `! ${hazard.severity} ${hazard.rule}: ${hazard.message}`);
  return `${[`version ${made.versions.old} -> ${made.versions.new ?? "columns beside the old ones"}`, ...hazards, ...steps].join("\n")}\n`;
}
