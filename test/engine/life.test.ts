// The life of a migration by a plan made by hand: forward, back from every step, again, and what stands in its way.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Journal } from "../../src/engine/journal.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { ddl, fullPlan, fullPlanSql, itemsSql, planOf } from "./plans.ts";
import { contentOf, refusal, run, runSteps, withConnection } from "./runs.ts";

describe.each(servers)("on $name", (server) => {
  let template: TestDatabase;
  beforeAll(async () => {
    template = await createDatabase(server);
    const client = await template.connect();
    await client.query(itemsSql(500) + fullPlanSql);
    await client.end();
  });
  afterAll(async () => await template.drop());

  const fresh = async (): Promise<TestDatabase> => await createDatabase(server, { template: template.name });
  const plan = fullPlan();

  test("forward to the end, in the states and with the record that status shows", async () => {
    await using database = await fresh();
    const ready = await run(database.url, "start", plan);
    expect(ready).toMatchObject({
      state: "ready",
      phase: "verify",
      waitingFor: "you",
      error: null,
      versions: { old: "public", new: "public_m1" },
      progress: { ratio: 1, rows: 1_000 },
      startedBy: "test",
      position: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) as string,
    });
    expect(ready.steps.map(({ state }) => state).join(" ")).toBe(
      "done done done done done done pending pending pending pending pending pending",
    );
    expect(ready.steps[0]).toMatchObject({
      attempts: 1,
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
    });
    expect(await run(database.url, "start", plan)).toMatchObject({ state: "ready" });
    expect(await run(database.url, "complete", plan)).toMatchObject({ state: "completed", waitingFor: null });
    expect(await run(database.url, "purge", plan)).toMatchObject({ state: "purged", phase: "purge" });
    const { rows } = await contentOf(database);
    expect(rows).toMatchObject({ count: 500, n: 500 });
    await withConnection(database.url, async (connection) => {
      const events = await (await Journal.open(connection)).events("m1");
      const changes = events.filter(({ what }) => what === "state changed").map(({ detail }) => detail["to"]);
      const forward = ["backfilling", "verifying", "ready", "completing", "completed", "purging", "purged"];
      expect(changes).toEqual(forward);
    });
  });

  test("rolls back from after every single step to what was there before, and can start again", async () => {
    await using database = await fresh();
    const before = await contentOf(database);
    const forward = plan.steps.filter(({ phase }) => phase !== "purge");
    for (let count = 1; count <= forward.length; count += 1) {
      await runSteps(database.url, "start", plan, count);
      if (count > 6) await runSteps(database.url, "complete", plan, count - 6);
      expect(await run(database.url, "rollback", plan), `after ${count} steps`).toMatchObject({ state: "rolled-back" });
      expect(await contentOf(database), `after ${count} steps`).toEqual(before);
    }
    expect(await run(database.url, "start", plan)).toMatchObject({ state: "ready" });
  });

  test("goes back to ready only, and completes again", async () => {
    await using database = await fresh();
    await run(database.url, "start", plan);
    const ready = await contentOf(database);
    await run(database.url, "complete", plan);
    const completed = await contentOf(database);
    expect(await run(database.url, "rollback", plan, { to: "ready" })).toMatchObject({
      state: "ready",
      waitingFor: "you",
    });
    expect(await contentOf(database)).toEqual(ready);
    await run(database.url, "complete", plan);
    expect(await contentOf(database)).toEqual(completed);
  });

  test("stops after a phase when asked, and goes on from there", async () => {
    await using database = await fresh();
    expect(await run(database.url, "start", plan, { until: "expand" })).toMatchObject({
      state: "expanding",
      waitingFor: "you",
    });
    expect(await run(database.url, "start", plan, { until: "backfill" })).toMatchObject({ state: "backfilling" });
    expect(await run(database.url, "start", plan)).toMatchObject({ state: "ready" });
  });

  test("a plan carries several files", async () => {
    await using database = await fresh();
    const member = (name: string): { name: string; file: string; checksum: string } => ({
      name,
      file: `${name}.sql`,
      checksum: `sha256:${name}`,
    });
    const two = { ...plan, members: [member("m0"), member("m1")] };
    await run(database.url, "start", two);
    await withConnection(database.url, async (connection) => {
      const journal = await Journal.open(connection);
      expect((await journal.migrations()).map(({ name, state, carriedBy }) => [name, state, carriedBy])).toEqual([
        ["m0", "ready", "m1"],
        ["m1", "ready", "m1"],
      ]);
      expect((await journal.plan("m0"))?.migration).toBe("m1");
    });
    await run(database.url, "rollback", two);
    // The second time without the first file: it is pending again.
    await run(database.url, "start", plan);
    await withConnection(database.url, async (connection) => {
      expect((await (await Journal.open(connection)).migrations()).map(({ name }) => name)).toEqual(["m1"]);
    });
  });

  test("resumes from the stored plan and not from a new one", async () => {
    await using database = await fresh();
    await runSteps(database.url, "start", plan, 2);
    const resumed = await run(database.url, "start", plan, { migration: "m1" });
    expect(resumed.state).toBe("ready");
    const never = planOf("m1", []);
    expect(await run(database.url, "complete", never)).toMatchObject({ state: "completed" });
  });

  test("a second migration on the same table, and the order of going back", async () => {
    await using database = await fresh();
    const second = planOf("m2", [
      ddl("expand.1", ["alter table items add column extra int"], ["alter table items drop column extra"]),
    ]);
    await run(database.url, "start", plan);
    expect(await refusal(database.url, "start", second)).toMatchObject({ code: "migration-active", exitCode: 4 });
    await run(database.url, "complete", plan);
    await run(database.url, "start", second);
    await run(database.url, "complete", second);
    const error = await refusal(database.url, "rollback", plan);
    expect(error.code).toBe("migration-active");
    expect(error.happened).toContain("m2 was started after it");
    expect(error.safeNext[0]).toBe("shoofly rollback m2");
    // What the second one changed is no drift for the first.
    expect(await run(database.url, "purge", plan)).toMatchObject({ state: "purged" });
  });

  test("data that would be lost is counted first, kept by archive, and then gone from the table", async () => {
    await using database = await fresh();
    const archiveSql = [
      "create table if not exists shoofly.archive_items_note (id int primary key, note text)",
      "insert into shoofly.archive_items_note select id, note from public.items where note is not null on conflict (id) do update set note = excluded.note",
    ];
    const countSql = "select count(*) from public.items where note is not null";
    const loss = [{ what: "values of public.items.note", countSql, archiveSql }];
    const adding = planOf("m1", [
      ddl("expand.1", ["alter table items add column note text"], ["alter table items drop column note"], { loss }),
    ]);
    await run(database.url, "start", adding);
    const client = await database.connect();
    await client.query("update items set note = 'kept' where id <= 6");
    const error = await refusal(database.url, "rollback", adding);
    expect(error).toMatchObject({ code: "data-would-be-lost", exitCode: 4, outcome: "unchanged" });
    expect(error.happened).toContain("2 rows of values of public.items.note");
    expect(error.safeNext[0]).toContain("shoofly rollback m1 --archive");
    expect((await client.query("select state, error from shoofly.migrations")).rows).toEqual([
      { state: "ready", error: null },
    ]);
    expect(await run(database.url, "rollback", adding, { archive: true })).toMatchObject({ state: "rolled-back" });
    const kept = await client.query("select id, note from shoofly.archive_items_note order by id");
    expect(kept.rows).toEqual([
      { id: 3, note: "kept" },
      { id: 6, note: "kept" },
    ]);
  });

  test("what has no undo cannot be taken back, and nothing else is taken back before that is known", async () => {
    await using database = await fresh();
    const oneWay = planOf("m1", [
      ddl("expand.1", ["alter table items add column a int"], ["alter table items drop column a"]),
      ddl("expand.2", ["alter table items add column b int"], [], { reversible: false }),
    ]);
    await run(database.url, "start", oneWay);
    const error = await refusal(database.url, "rollback", oneWay);
    expect(error.code).toBe("wrong-state");
    expect(error.happened).toContain("expand.2");
    await withConnection(database.url, async (connection) => {
      expect(await (await Journal.open(connection)).migration("m1")).toMatchObject({ state: "ready" });
    });
  });

  test("a statement that fails is stored as the error, leaves nothing behind, and is tried again", async () => {
    await using database = await fresh();
    const faulty = planOf("m1", [
      ddl("expand.1", ["alter table items add column a int"], ["alter table items drop column a"]),
      ddl(
        "expand.2",
        ["alter table items add column b int", "alter table items add constraint c check (n > 0)"],
        ["alter table items drop constraint c", "alter table items drop column b"],
      ),
    ]);
    const error = await refusal(database.url, "start", faulty);
    expect(error).toMatchObject({ code: "statement-failed", exitCode: 6, outcome: "resumable", sqlstate: "23514" });
    expect(error.happened).toContain("Step expand.2");
    expect(error.happened).toContain("add constraint c check (n > 0)");
    const client = await database.connect();
    const stored = await withConnection(
      database.url,
      async (connection) => await (await Journal.open(connection)).migration("m1"),
    );
    expect(stored).toMatchObject({ state: "expanding", waitingFor: null, error: { code: "statement-failed" } });
    expect(stored?.steps.map(({ state }) => state)).toEqual(["done", "failed"]);
    expect((await client.query("select 1 from information_schema.columns where column_name = 'b'")).rows).toEqual([]);
    expect(await refusal(database.url, "complete", faulty)).toMatchObject({ code: "wrong-state" });
    await client.query("update items set n = 1");
    expect(await run(database.url, "start", faulty)).toMatchObject({ state: "ready", error: null });
  });
});
