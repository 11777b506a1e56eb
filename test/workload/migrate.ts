// Stand-in until the engine is there: runs a plan's steps one after the other.
import type { Plan } from "../../src/core/plan.ts";
import { readFileSync } from "node:fs";
import { phasesOf } from "../../src/core/phase.ts";
import { connect } from "../../src/dialects/postgres/connect.ts";
import type { Connection } from "../../src/dialects/postgres/connect.ts";
import { introspect } from "../../src/dialects/postgres/introspect.ts";
import { checkExpressions } from "../../src/planner/check-expressions.ts";
import { plan } from "../../src/planner/plan.ts";
import type { Step } from "../../src/core/step.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export interface Migrator {
  readonly versionSchema: string;
  run(verb: "start" | "complete" | "purge", afterStep?: (step: string) => Promise<void>): Promise<void>;
  rollback(to: "ready" | "rolled-back", afterStep?: (step: string) => Promise<void>): Promise<void>;
}

export async function migrator(url: string, migration: Migration): Promise<Migrator> {
  const withConnection = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    const connection = await connect(url, { applicationName: "test runner" });
    try { return await work(connection); } finally { await connection.close(); }
  };
  let made: Plan | null = null;
  const done = new Set<string>();
  const makePlan = async (): Promise<Plan> => (made ??= await withConnection(async (connection) => {
    const [journal] = await connection.query<{ there: boolean }>("select to_regclass('shoofly.meta') is not null as there");
    const { schema, facts } = await introspect(connection, { schema: "public", currentVersion: "public" });
    if (journal?.there !== true) await connection.query(readFileSync("src/dialects/postgres/journal/0001.sql", "utf8"));
    const made = await plan({ files: [{ name: migration.name, file: `${migration.name}.sql`, text: migration.sql, checksum: "sha256:0" }], schema, facts });
    await checkExpressions(connection, made);
    return made;
  }));
  return {
    versionSchema: `public_${migration.name}`,
    run: async (verb, afterStep) => {
      const plan = await makePlan();
      await withConnection(async (connection) => {
        for (const step of plan.steps.filter((each) => phasesOf[verb].includes(each.phase))) { await runStep(connection, step); done.add(step.id); await afterStep?.(step.id); }
      });
    },
    rollback: async (to, afterStep) => {
      const plan = await makePlan();
      await withConnection(async (connection) => {
        for (const step of plan.steps.toReversed().filter((each) => each.phase !== "purge" && (to === "rolled-back" || ["switch", "contract"].includes(each.phase)))) { if (!done.delete(step.id)) continue; await undoStep(connection, step); await afterStep?.(step.id); }
      });
      if (to === "rolled-back") made = null;
    },
  };
}

async function inTransaction(connection: Connection, statements: readonly string[], together: boolean): Promise<void> {
  if (!together) { for (const sql of statements) await connection.query(sql); return; }
  await connection.query("begin");
  try { for (const sql of statements) await connection.query(sql); await connection.query("commit"); }
  catch (error) { await connection.query("rollback"); throw error; }
}

async function runStep(connection: Connection, step: Step): Promise<void> {
  if (step.kind === "ddl") return await inTransaction(connection, step.sql, step.transaction);
  if (step.kind === "backfill") {
    const key = step.key!.columns.map(({ name }) => `"${name}"`);
    const [low] = await connection.query(`select ${key.map((k) => `min(${k})::text as l, max(${k})::text as h`)} from "${step.table.schema}"."${step.table.name}"`) as { l: string; h: string }[];
    await connection.query("begin");
    if (step.mode === "fill") await connection.query("set local shoofly.fill = 'on'");
    await connection.query(step.sql[0]!, [low!.l, low!.h]);
    return void await connection.query("commit");
  }
  if (step.kind === "verify") for (const check of step.checks) {
    const [row] = await connection.query<{ mismatched: string }>(check.sql);
    if (Number(row!.mismatched) !== 0) throw new Error(`${check.title}: ${JSON.stringify(await connection.query(check.sampleSql))}`);
  }
}

async function undoStep(connection: Connection, step: Step): Promise<void> {
  if (step.kind === "ddl") await inTransaction(connection, step.undo, step.undoTransaction);
}
