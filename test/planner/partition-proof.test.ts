// ATTACH PARTITION reads no row: the server itself says, for every table it would have had to read, that our check proves the bound.
import { expect, test } from "vitest";
import { planCase, readCases, withConnection } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";

const attaching = readCases().filter((each) => /^(create|attach)-partition\//.test(each.name));

test.each(
  servers.flatMap((server) => attaching.map((each) => ({ server, each, name: `${each.name} on ${server.name}` }))),
)("$name attaches by proof", async ({ server, each }) => {
  await using database = await createDatabase(server);
  const client = await database.connect();
  await client.query(each.schemaSql);
  const plan = await withConnection(database.url, async (connection) => await planCase(connection, each));
  const isCreated = (table: string): boolean =>
    plan.steps.some((step) => step.sql.some((sql) => sql.startsWith(`CREATE TABLE "public"."${table}" (LIKE`)));
  const said: string[] = [];
  client.on("notice", (notice) => said.push(notice.message ?? ""));
  await client.query("SET client_min_messages = debug1");
  let attached = 0;
  for (const step of plan.steps.filter(({ phase }) => phase === "expand")) {
    for (const sql of step.sql) {
      said.length = 0;
      await client.query(sql);
      if (!sql.includes("ATTACH PARTITION")) continue;
      attached += 1;
      // Every proof goes in the same transaction as the attachment.
      const proofs = step.sql.filter((other) => other.includes("DROP CONSTRAINT")).length;
      expect(said.filter((line) => line.includes("implied by existing constraints"))).toHaveLength(proofs);
      const read = said.flatMap((line) => /^verifying table "(.*)"/.exec(line)?.[1] ?? []);
      // Only a partition that the migration itself made, and that is empty.
      expect(read.filter((table) => !isCreated(table))).toEqual([]);
    }
  }
  expect(attached).toBeGreaterThan(0);
  await client.end();
});
