// What a case must come out as: schema and rows before it, and what the naive SQL makes of them on a quiet database.
import { expect } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { planCase, withConnection } from "./cases.ts";
import type { Case } from "./cases.ts";
import { createDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";
import { dumpSchema } from "./dump.ts";
import { dumpRows, unlikeColumns, type UnlikeColumns } from "./rows.ts";
import type { TestServer } from "./servers.ts";

export interface Content {
  readonly dump: string;
  readonly rows: string;
}

export interface CaseOracle extends AsyncDisposable {
  readonly server: TestServer;
  readonly plan: Plan;
  /** What the case starts from. */
  readonly original: Content;
  /** Fails unless the database is as the naive SQL leaves it. Columns that two naive runs fill differently do not count. */
  expectWanted(database: TestDatabase, extent?: "schema" | "schema and rows"): Promise<void>;
  /** A database in which the naive SQL ran. */
  readonly naive: TestDatabase;
  /** The schema before the change, for templates. */
  readonly template: TestDatabase;
  /** A step of start, complete or their undo that cannot be taken back. */
  readonly isReversible: boolean;
}

export async function caseOracle(server: TestServer, each: Case): Promise<CaseOracle> {
  const databases: TestDatabase[] = [];
  const drop = async (): Promise<void> => {
    for (const database of databases.toReversed()) await database.drop();
  };
  const create = async (template?: TestDatabase): Promise<TestDatabase> => {
    const database = await createDatabase(server, template === undefined ? {} : { template: template.name });
    databases.push(database);
    return database;
  };
  try {
    const template = await create();
    await execute(template, each.schemaSql);
    const naive = await create(template);
    await execute(naive, each.naiveSql);
    const wanted = await contentOf(naive);
    const plan = await withConnection(template.url, async (connection) => await planCase(connection, each));
    return {
      server,
      plan,
      original: await contentOf(template),
      expectWanted: async (database, extent = "schema and rows") => {
        const found = await contentOf(database);
        expect(found.dump).toBe(wanted.dump);
        if (extent === "schema" || found.rows === wanted.rows) return;
        const second = await create(template);
        await execute(second, each.naiveSql);
        const unlike = await unlikeIn(naive, second);
        expect(await rowsOf(database, unlike)).toBe(await rowsOf(naive, unlike));
      },
      naive,
      template,
      isReversible: plan.steps.every((step) => step.reversible || step.phase === "purge"),
      [Symbol.asyncDispose]: drop,
    };
  } catch (error) {
    await drop();
    throw error;
  }
}

export async function contentOf(database: TestDatabase): Promise<Content> {
  const client = await database.connect();
  try {
    return { dump: await dumpSchema(client, ["public"]), rows: await dumpRows(client, "public") };
  } finally {
    await client.end();
  }
}

async function rowsOf(database: TestDatabase, leftOut: UnlikeColumns): Promise<string> {
  const client = await database.connect();
  try {
    return await dumpRows(client, "public", leftOut);
  } finally {
    await client.end();
  }
}

async function execute(database: TestDatabase, sql: string): Promise<void> {
  const client = await database.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function unlikeIn(one: TestDatabase, other: TestDatabase): Promise<UnlikeColumns> {
  const [first, second] = [await one.connect(), await other.connect()];
  try {
    return await unlikeColumns(first, second, "public");
  } finally {
    await first.end();
    await second.end();
  }
}
