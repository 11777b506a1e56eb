// Every case of every operation under clients of both versions: start, complete, back again, and through to purge, with no failed
// statement and no long wait. Each case on one server, chosen by the seed; SHOOFLY_FULL=1: on all.
import { describe, expect, test } from "vitest";
import type { Verb } from "../../src/core/phase.ts";
import { run, type RunExtras } from "../engine/runs.ts";
import { caseOracle, type CaseOracle } from "../support/case-oracle.ts";
import { canRun, readCases, type Case } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { randomFor, seed } from "../support/seed.ts";
import { CaseClients, hasOwnStatements, statementsOf, type Version } from "./case-clients.ts";

/** No client may wait longer, on a machine that does other things as well. */
const waitMsMax = 1_000;

const isFull = process.env["SHOOFLY_FULL"] === "1";

async function clientsOf(url: string, each: Case, oracle: CaseOracle, version: Version): Promise<CaseClients> {
  const { versions, targetSchema, hazards } = oracle.plan;
  const own = versions[version] ?? targetSchema;
  return new CaseClients({
    url,
    version,
    searchPath: own === targetSchema ? [own] : [own, targetSchema],
    statements: await statementsOf(each, version, version === "old" ? oracle.template : oracle.naive),
    hasHazard:
      own === targetSchema && hazards.some(({ rule }) => ["base-table-prepared", "direct-columns"].includes(rule)),
  });
}

/** Clients leave a version before it closes, as an application that was rolled out does; nobody else ever stops. */
async function life(database: TestDatabase, each: Case, oracle: CaseOracle): Promise<readonly CaseClients[]> {
  await using old = await clientsOf(database.url, each, oracle, "old");
  await using next = await clientsOf(database.url, each, oracle, "new");
  const verb = async (name: Verb, state: string, extras: RunExtras = {}): Promise<void> => {
    expect((await run(database.url, name, oracle.plan, extras)).state).toBe(state);
  };
  await old.resume();
  if (oracle.isReversible) {
    await verb("start", "ready");
    await next.resume();
    await old.round();
    await old.rest();
    await verb("complete", "completed");
    await next.round();
    await verb("rollback", "ready", { to: "ready", archive: true });
    await old.resume();
    await next.round();
    await next.rest();
    await verb("rollback", "rolled-back", { archive: true });
    await old.round();
  }
  await verb("start", "ready");
  await next.resume();
  await old.round();
  await old.rest();
  await verb("complete", "completed");
  await next.round();
  await verb("purge", "purged");
  await next.round();
  return [old, next];
}

for (const each of readCases()) {
  const able = servers.filter((server) => canRun(each, server));
  const chosen = isFull || able.length === 0 ? able : [randomFor(`${each.name} workload`).pick(able)];
  describe.each(chosen)(`${each.name} under load (seed ${seed}) on $name`, (server) => {
    test("no statement of either version fails", async () => {
      await using oracle = await caseOracle(server, each);
      await using database = await createDatabase(server, { template: oracle.template.name });
      for (const clients of await life(database, each, oracle)) {
        expect(clients.failures).toEqual([]);
        expect(clients.sent, "every statement, by every client").toBeGreaterThanOrEqual(clients.statements.length * 3);
        expect(clients.slowest.waitMs, clients.slowest.sql).toBeLessThan(waitMsMax);
        // A named statement of a base-table client is refused once by complete and once by the way back, at most.
        expect(clients.hazards).toBeLessThanOrEqual(clients.statements.length * 2);
      }
      // Derived statements leave every row as it is.
      await oracle.expectWanted(database, hasOwnStatements(each) ? "schema" : "schema and rows");
    });
  });
}
