// The harness: every case folder × every server — golden plan, undo after every step, final dump equal to the naive SQL.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MigrationError } from "../src/core/error.ts";
import { migrationName, planCase, planText, readCases, runCase, withConnection } from "./support/cases.ts";
import { createDatabase, servers } from "./support/database.ts";
import type { TestDatabase } from "./support/database.ts";
import { dumpSchema } from "./support/dump.ts";

async function dumpOf(database: TestDatabase): Promise<string> {
  const client = await database.connect();
  try {
    return await dumpSchema(client, ["public"]);
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

for (const server of servers) {
  for (const each of readCases()) {
    describe(`${each.name} on ${server.name}`, () => {
      let template: TestDatabase;
      let original: string;
      beforeAll(async () => {
        template = await createDatabase(server);
        await execute(template, each.schemaSql);
        original = await dumpOf(template);
      });
      afterAll(async () => await template.drop());

      test("has the plan that was reviewed", async () => {
        const made = await withConnection(template.url, async (connection) => await planCase(connection, each));
        await expect(planText(made)).toMatchFileSnapshot(join(each.directory, "plan.txt"));
      });

      test("can be undone after every step", async () => {
        const made = await withConnection(template.url, async (connection) => await planCase(connection, each));
        const starting = made.steps.filter((step) => ["expand", "backfill", "verify"].includes(step.phase)).length;
        const completing = made.steps.filter((step) => ["switch", "contract"].includes(step.phase)).length;
        await using database = await createDatabase(server, { template: template.name });
        if (made.steps.some((step) => !step.reversible && step.phase !== "purge")) return;
        for (let count = 1; count <= starting + completing; count += 1) {
          await interrupted(database.url, each, "start", count, starting);
          if (count > starting) await interrupted(database.url, each, "complete", count - starting, completing);
          const back = await runCase(database.url, each, { verb: "rollback" });
          expect(back.state).toBe("rolled-back");
          expect(await dumpOf(database), `undo after step ${count}`).toBe(original);
        }
      });

      test("ends where the naive SQL ends", async () => {
        await using database = await createDatabase(server, { template: template.name });
        await using naive = await createDatabase(server, { template: template.name });
        await execute(naive, each.naiveSql);
        expect((await runCase(database.url, each, { verb: "start" })).state).toBe("ready");
        expect((await runCase(database.url, each, { verb: "complete" })).state).toBe("completed");
        expect((await runCase(database.url, each, { verb: "purge" })).state).toBe("purged");
        expect(await dumpOf(database)).toBe(await dumpOf(naive));
        expect((await runCase(database.url, each, { verb: "start" })).state, `start of ${migrationName} again`).toBe(
          "purged",
        );
      });
    });
  }
}

/** Runs a verb up to its n-th step; stopping before the last one ends in the `interrupted` error. */
async function interrupted(
  url: string,
  each: Parameters<typeof runCase>[1],
  verb: "start" | "complete",
  count: number,
  all: number,
): Promise<void> {
  const code = await runCase(url, each, { verb, stopAfter: count }).then(
    () => "finished",
    (error: unknown) => (error instanceof MigrationError ? error.code : String(error)),
  );
  expect(count >= all ? ["finished", "interrupted"] : ["interrupted"]).toContain(code);
}
