// The harness: every case folder on one server — golden plan, undo after every step, final schema and rows equal to the naive SQL.
// The same folders are killed by test/crash/case-crash.test.ts and used under load by test/workload/case-workload.test.ts.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { MigrationError } from "../../src/core/error.ts";
import { phasesOf } from "../../src/core/phase.ts";
import { caseOracle, contentOf, type CaseOracle } from "./case-oracle.ts";
import { migrationName, planText, casesOn, runCase } from "./cases.ts";
import { createDatabase, servers } from "./database.ts";
import type { TestServer } from "./servers.ts";

/** Golden plan, ladder and end of every case on one server. A file for each server, so that they run beside each other. */
export function describeCases(name: TestServer["name"]): void {
  test(`${name} is in this run, or was left out on purpose`, () => {
    expect([...servers.map((server) => server.name), ...inject("skippedServers")]).toContain(name);
  });
  for (const [server, each] of servers
    .filter((candidate) => candidate.name === name)
    .flatMap((candidate) => casesOn(candidate).map((own) => [candidate, own] as const))) {
    describe(`${each.name} on ${server.name}`, () => {
      let oracle: CaseOracle;
      beforeAll(async () => {
        oracle = await caseOracle(server, each);
        return async () => await oracle[Symbol.asyncDispose]();
      });

      test("has the plan that was reviewed", async () => {
        await expect(planText(oracle.plan)).toMatchFileSnapshot(planFile(each.directory, server.name));
      });

      test("can be undone after every step, up to the first that has no undo", async () => {
        const { plan, original, template } = oracle;
        const steps = plan.steps.filter((step) => step.phase !== "purge");
        const starting = steps.filter((step) => phasesOf.start.includes(step.phase)).length;
        const stuck = steps.findIndex((step) => !step.reversible);
        const to = async (url: string, count: number): Promise<void> => {
          await interrupted(url, each, "start", Math.min(count, starting), starting);
          if (count > starting) await interrupted(url, each, "complete", count - starting, steps.length - starting);
        };
        await using database = await createDatabase(server, { template: template.name });
        for (let count = 1; count <= (stuck === -1 ? steps.length : stuck); count += 1) {
          await to(database.url, count);
          expect((await runCase(database.url, each, { verb: "rollback" })).state).toBe("rolled-back");
          expect(await contentOf(database), `undo after step ${count}`).toEqual(original);
        }
        for (let count = stuck + 1; stuck !== -1 && count <= steps.length; count += 1) {
          await using beyond = await createDatabase(server, { template: template.name });
          await to(beyond.url, count);
          const before = await contentOf(beyond);
          const refusal = await runCase(beyond.url, each, { verb: "rollback" }).catch((error: unknown) => error);
          expect(refusal, `rollback after step ${count}`).toMatchObject({
            code: "wrong-state",
            outcome: "unchanged",
            exitCode: 4,
            happened: expect.stringContaining(`cannot be taken back: step ${steps[stuck]?.id} `) as string,
          });
          expect(await contentOf(beyond), "a refusal changes nothing").toEqual(before);
        }
      });

      test("ends where the naive SQL ends", async () => {
        await using database = await createDatabase(server, { template: oracle.template.name });
        expect((await runCase(database.url, each, { verb: "start" })).state).toBe("ready");
        expect((await runCase(database.url, each, { verb: "complete" })).state).toBe("completed");
        expect((await runCase(database.url, each, { verb: "purge" })).state).toBe("purged");
        await oracle.expectWanted(database);
        expect((await runCase(database.url, each, { verb: "start" })).state, `start of ${migrationName} again`).toBe(
          "purged",
        );
      });
    });
  }
}

/** One plan for every server, or one for each where the server's own words for a definition differ between the majors. */
function planFile(directory: string, server: string): string {
  const own = join(directory, `plan.${server}.txt`);
  return existsSync(own) ? own : join(directory, "plan.txt");
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
