// The pooler of the tests: transactions of one client land on whichever server session is free.
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { createDatabase, servers } from "./database.ts";
import { isPgbouncerSkipped, startPgbouncer } from "./pgbouncer.ts";
import pg from "pg";

test.skipIf(isPgbouncerSkipped)("the pooler shares one session among clients, and is gone after stop", async () => {
  await using database = await createDatabase(servers[0]!);
  const role = await database.createRole();
  const pooler = await startPgbouncer(database.url, { roles: [role] });
  const [first, second] = [new pg.Client(pooler.url), new pg.Client(pooler.url)];
  await first.connect();
  await second.connect();
  await first.query("SET work_mem = '5MB'");
  expect((await second.query("SHOW work_mem")).rows).toEqual([{ work_mem: "5MB" }]);
  expect((await second.query("SELECT current_database()::text AS name")).rows).toEqual([{ name: database.name }]);
  await first.end();
  await second.end();

  const asRole = new URL(pooler.url);
  asRole.username = role;
  const third = new pg.Client(asRole.href);
  await third.connect();
  expect((await third.query("SELECT current_user::text AS name")).rows).toEqual([{ name: role }]);
  await third.end();

  await pooler.stop();
  expect(existsSync(pooler.logFile)).toBe(false);
});
