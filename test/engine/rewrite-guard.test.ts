// A step that says it rewrites nothing cannot rewrite: the journal's event trigger stops it, and it alone.
import { describe, expect, test } from "vitest";
import { createDatabase, servers } from "../support/database.ts";
import { ddl, itemsSql, planOf } from "./plans.ts";
import { contentOf, refusal, run } from "./runs.ts";

const rewriting = "alter table public.items alter column n type bigint";
const takingBack = "alter table public.items alter column n type int";

describe.each(servers)("on $name", (server) => {
  const lying = planOf("m1", [ddl("expand.1", [rewriting], [takingBack])]);
  const lyingAlone = planOf("m1", [
    ddl("expand.1", [rewriting], [takingBack], { transaction: false, undoTransaction: false }),
  ]);
  const honest = planOf("m1", [ddl("expand.1", [rewriting], [takingBack], { rewrite: true })]);

  test.each([
    ["in a transaction", lying],
    ["alone", lyingAlone],
  ])("a step that lies is stopped with nothing left behind, %s", async (_, plan) => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    await client.query(itemsSql(50));
    const before = await contentOf(database);
    const failure = await refusal(database.url, "start", plan);
    expect(failure).toMatchObject({ code: "statement-failed" });
    expect(failure.happened).toContain(
      "The statement would write the whole table public.items anew while its clients wait, and the plan says that it does not.",
    );
    expect(failure.happened).toContain("--shadow auto");
    expect(await contentOf(database)).toEqual(before);
    expect(await run(database.url, "rollback", plan)).toMatchObject({ state: "rolled-back" });
    expect(await contentOf(database)).toEqual(before);
  });

  test("a step planned as a rewrite runs, and its undo", async () => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    await client.query(itemsSql(50));
    const before = await contentOf(database);
    expect(await run(database.url, "start", honest)).toMatchObject({ state: "ready" });
    expect(await run(database.url, "rollback", honest)).toMatchObject({ state: "rolled-back" });
    expect(await contentOf(database)).toEqual(before);
  });

  test("an empty table and one made in the same step may be rewritten", async () => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    await client.query(itemsSql(0));
    const made = [
      "create table public.fresh (id int)",
      "alter table public.fresh add column at timestamptz default clock_timestamp()",
    ];
    const plan = planOf("m1", [ddl("expand.1", [rewriting, ...made], ["drop table public.fresh", takingBack])]);
    expect(await run(database.url, "start", plan)).toMatchObject({ state: "ready" });
  });

  test("sessions of others rewrite as they like, whoever they are", async () => {
    await using database = await createDatabase(server);
    const role = await database.createRole();
    const client = await database.connect();
    await client.query(itemsSql(50));
    await run(database.url, "start", honest);
    await client.query(takingBack);
    await client.query(`alter table public.items owner to ${role}`);
    const owner = await database.connect({ user: role });
    await owner.query(rewriting);
    const { rows } = await client.query("select evtname from pg_event_trigger");
    expect(rows).toEqual([{ evtname: "shoofly_guard_rewrite" }]);
  });

  test("a role that may make no event trigger goes on without", async () => {
    await using database = await createDatabase(server);
    const role = await database.createRole();
    const client = await database.connect();
    await client.query(`${itemsSql(50)}; alter table public.items owner to ${role};
      grant create on database ${database.name} to ${role}; grant create, usage on schema public to ${role}`);
    expect(await run(database.urlAs(role), "start", lying)).toMatchObject({ state: "ready" });
    expect((await client.query("select 1 from pg_event_trigger")).rows).toEqual([]);
  });
});
