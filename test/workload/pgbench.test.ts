// A schema and a load that nobody here wrote: pgbench's tables under pgbench, abalance to bigint, taken back before and after complete.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { migrationName, planCase, runCase, withConnection } from "../support/cases.ts";
import type { Case } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import { waitUntil } from "../support/wait-until.ts";

const clients = 8;
const isFull = process.env["SHOOFLY_FULL"] === "1";
const scale = isFull ? 20 : 2;
const minute = 60_000;
/** Two million rows are filled three times while others use the machine. */
const timeout = isFull ? 20 * minute : 2 * minute;
const change: Case = {
  name: "pgbench",
  directory: "",
  schemaSql: "",
  changeSql: "-- Balances outgrow int.\nALTER TABLE pgbench_accounts ALTER COLUMN abalance TYPE bigint;",
  naiveSql: "",
};
const debian = servers.find((server) => server.version === 15);
const pgbench = join(debian?.binDirectory ?? "", "pgbench");

interface Load {
  readonly output: () => string;
  readonly isRunning: () => boolean;
  readonly end: () => Promise<string>;
}

/** pgbench for longer than any test takes; ends by SIGINT, as a person would end it. */
function startLoad(url: string, mode: string): Load {
  const child = spawn(pgbench, [
    "-c",
    String(clients),
    "-j",
    "1",
    "-T",
    String(timeout / 1000),
    "-M",
    mode,
    "-P",
    "1",
    "--failures-detailed",
    url,
  ]);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (text += data.toString()));
  const exited = once(child, "exit");
  return {
    output: () => text,
    isRunning: () => child.exitCode === null,
    end: async () => {
      child.kill("SIGINT");
      await exited;
      return text;
    },
  };
}

async function prepare(url: string): Promise<void> {
  const child = spawn(pgbench, ["-i", "-q", "-s", String(scale), url], { stdio: "ignore" });
  expect((await once(child, "exit"))[0]).toBe(0);
}

/** Lines that tell of a statement that failed. */
function errorsIn(output: string): string[] {
  return output.split("\n").filter((line) => /ERROR|aborted in command|FATAL/.test(line));
}

for (const server of servers) {
  describe.skipIf(debian === undefined)(`pgbench -c ${clients} at scale ${scale} on ${server.name}`, () => {
    test.each(["simple", "extended"])(
      "%s: no transaction fails from start to purge, with two ways back",
      { timeout },
      async (mode) => {
        await using database = await createDatabase(server);
        await prepare(database.url);
        const load = startLoad(database.url, mode);
        await waitUntil(
          async () => await Promise.resolve(load.output().includes("progress")),
          10_000,
          "pgbench to run",
        );
        const verbs = ["start", "rollback", "start", "complete", "rollback", "start", "complete", "purge"] as const;
        const states: string[] = [];
        for (const verb of verbs) states.push((await runCase(database.url, change, { verb })).state);
        expect(load.isRunning(), "the load lasted to the end").toBe(true);
        const output = await load.end();
        expect(states).toEqual([
          "ready",
          "rolled-back",
          "ready",
          "completed",
          "rolled-back",
          "ready",
          "completed",
          "purged",
        ]);
        expect(errorsIn(output)).toEqual([]);
        for (const progress of output.split("\n").filter((line) => line.startsWith("progress")))
          expect(progress).toContain(" 0 failed");
        const client = await database.connect();
        const { rows } = await client.query(
          "SELECT (SELECT sum(abalance) FROM pgbench_accounts) = (SELECT sum(bbalance) FROM pgbench_branches) AS balanced",
        );
        expect(rows).toEqual([{ balanced: true }]);
        await client.end();
      },
    );

    test("prepared: nothing fails until complete; then exactly what the plan names", { timeout }, async () => {
      await using database = await createDatabase(server);
      await prepare(database.url);
      const load = startLoad(database.url, "prepared");
      await waitUntil(async () => await Promise.resolve(load.output().includes("progress")), 10_000, "pgbench to run");
      for (const verb of ["start", "rollback", "start"] as const) await runCase(database.url, change, { verb });
      expect(errorsIn(load.output())).toEqual([]);
      expect((await runCase(database.url, change, { verb: "complete" })).state).toBe("completed");
      await waitUntil(
        async () => await Promise.resolve(errorsIn(load.output()).length > 0),
        10_000,
        "the hazard to show",
      );
      const errors = errorsIn(await load.end());
      for (const line of errors) expect(line).toContain("cached plan must not change result type");
      await using fresh = await createDatabase(server);
      await prepare(fresh.url);
      const plan = await withConnection(fresh.url, async (connection) => await planCase(connection, change));
      expect(plan.hazards.find((hazard) => hazard.rule === "base-table-prepared")?.message).toContain(
        "cached plan must not change result type",
      );
      expect(plan.migration).toBe(migrationName);
    });
  });
}
