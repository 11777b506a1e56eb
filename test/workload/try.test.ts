import { test } from "vitest";
import { createDatabase, servers } from "/work/main/test/support/database.ts";
import { migrator } from "/work/main/test/workload/migrate.ts";
import { fixtureSchemaSql, fixtureMigration } from "/work/main/test/workload/fixture.ts";
test("x", async () => {
  const db = await createDatabase(servers[0]!);
  const c = await db.connect(); await c.query(fixtureSchemaSql);
  const m = await migrator(db.url, fixtureMigration);
  await m.run("start");
  console.log((await c.query('select * from products order by id')).rows, (await c.query(`select * from "${m.versionSchema}".products order by id`)).rows);
  await m.run("complete"); await m.rollback("ready"); await m.rollback("rolled-back"); await m.run("start"); await m.run("complete"); await m.run("purge");
  console.log((await c.query('select * from products order by id')).rows);
  await db.drop();
});
