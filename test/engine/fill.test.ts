// Backfills: along keys of every type, exactly once, with a fixed end, around locked rows, down to the bad row, through a lost connection.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Event, Progress } from "../../src/core/event.ts";
import type { ChunkKey } from "../../src/core/step.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/wait-until.ts";
import { ddl, fill, idKey, itemsSql, planOf } from "./plans.ts";
import { refusal, run, runChild } from "./runs.ts";

const rows = 50_000;
const keys: Readonly<Record<string, ChunkKey | null>> = {
  integer: idKey,
  "text and timestamptz": {
    columns: [
      { name: "area", type: "text" },
      { name: "at", type: "timestamp with time zone" },
    ],
  },
  uuid: { columns: [{ name: "code", type: "uuid" }] },
  ctid: null,
};

/** Counts every row once: a row that is filled twice, or not at all, shows in the sum. */
const countOnce = { set: "n = n + 1", mode: "change" } as const;
/** Block ranges meet a row again that an update moved on, so their fill has to look whether the row is due. */
const ifDue = { set: "n = n + 1", where: "n = 0", mode: "change" } as const;

describe.each(servers)("on $name", (server) => {
  let template: TestDatabase;
  beforeAll(async () => {
    template = await createDatabase(server);
    const client = await template.connect();
    await client.query(itemsSql(rows));
    await client.end();
  });
  afterAll(async () => await template.drop());

  const fresh = async (): Promise<TestDatabase> => await createDatabase(server, { template: template.name });
  const planFor = (key: ChunkKey | null): ReturnType<typeof planOf> =>
    planOf("m1", [fill("backfill.1", { key, ...(key === null ? ifDue : countOnce), rowsEstimate: rows })]);
  const sums = async (database: TestDatabase): Promise<unknown> => {
    const client = await database.connect();
    const answer = await client.query("select count(*)::int as rows, sum(n)::int as n, max(n) as most from items");
    await client.end();
    return answer.rows[0];
  };

  test.each(Object.keys(keys))("by %s: every row once, with honest progress", async (name) => {
    await using database = await fresh();
    const seen: Progress[] = [];
    const record = await run(database.url, "start", planFor(keys[name] ?? null), {
      onEvent: (event) => void (event.type === "progress.changed" && seen.push(event.progress)),
    });
    expect(record).toMatchObject({ state: "ready", progress: { ratio: 1, rows } });
    expect(await sums(database)).toEqual({ rows, n: rows, most: 1 });
    const ratios = seen.map(({ ratio }) => ratio);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
    expect(ratios.at(-1)).toBe(1);
    const client = await database.connect();
    const ledger = await client.query(
      "select count(*)::int as chunks, sum(rows)::int as rows, bool_and(state = 'done') as done, count(distinct worker)::int as workers from shoofly.chunks",
    );
    expect(ledger.rows[0]).toMatchObject({ rows, done: true, workers: 2 });
  });

  test.each(Object.keys(keys))("by %s: killed twice between slices, resumed from the cursor", async (name) => {
    await using database = await fresh();
    const plan = planFor(keys[name] ?? null);
    expect((await runChild(database.url, "start", plan, { crashAt: "chunk:before-commit#5" }).ended).signal).toBe(
      "SIGKILL",
    );
    expect((await runChild(database.url, "start", plan, { crashAt: "chunk:after-commit#3" }).ended).signal).toBe(
      "SIGKILL",
    );
    const client = await database.connect();
    const left = await client.query("select sum(rows)::int as rows from shoofly.chunks where cursor is not null");
    expect((left.rows[0] as { rows: number }).rows).toBeGreaterThan(1_000);
    const record = await run(database.url, "start", plan);
    expect(record).toMatchObject({ state: "ready", progress: { ratio: 1, rows } });
    expect(await sums(database)).toEqual({ rows, n: rows, most: 1 });
  });

  test("by a key of characters that need care, and rows that vanish under the walk", async () => {
    await using database = await fresh();
    const client = await database.connect();
    await client.query("update items set area = area || E'\\\\ '' , {}\"\\n' || id % 3 where id % 2 = 0");
    const plan = planFor(keys["text and timestamptz"] ?? null);
    expect((await runChild(database.url, "start", plan, { crashAt: "chunk:after-claim#2" }).ended).signal).toBe(
      "SIGKILL",
    );
    await client.query("delete from items where id % 5 = 0");
    await run(database.url, "start", plan);
    const { rows: found } = await client.query("select distinct n from items");
    expect(found).toEqual([{ n: 1 }]);
  });

  test("an empty table and a table of one row", async () => {
    await using database = await fresh();
    const client = await database.connect();
    await client.query("delete from items where id > 3");
    expect(await run(database.url, "start", planFor(idKey))).toMatchObject({ state: "ready" });
    expect(await sums(database)).toEqual({ rows: 1, n: 1, most: 1 });
    await run(database.url, "rollback", planFor(idKey));
    await client.query("truncate items");
    expect(await run(database.url, "start", planFor(null))).toMatchObject({ state: "ready", progress: null });
  });

  test("inserts meanwhile do not move the end", async () => {
    await using database = await fresh();
    const client = await database.connect();
    let inserting = Promise.resolve();
    await run(database.url, "start", planFor(idKey), {
      onEvent: ({ type }) => {
        if (type !== "chunk.filled") return;
        inserting = inserting.then(async () => {
          await client.query(
            "insert into items (id, area, at, v) select 10000000 + nextval('shoofly.refused_writes') * 1000 + g, 'i', clock_timestamp() + g * interval '1 s', 'new' from generate_series(1, 500) g",
          );
        });
      },
    });
    await inserting;
    const { rows: found } = await client.query("select id < 10000000 as old, n from items group by 1, 2 order by 1");
    expect(found).toEqual([
      { old: false, n: 0 },
      { old: true, n: 1 },
    ]);
  });

  test("a row that cannot be filled is found, named and kept in quarantine; mended, the fill goes on", async () => {
    await using database = await fresh();
    const client = await database.connect();
    await client.query("update items set v = 'oops' where id = 77001");
    const plan = planOf("m1", [
      ddl("expand.1", ["alter table items add column m int"], ["alter table items drop column m"]),
      fill("backfill.1", { key: idKey, set: "m = substr(t.v, 2)::int" }),
    ]);
    const error = await refusal(database.url, "start", plan);
    expect(error).toMatchObject({ code: "backfill-failed", exitCode: 6, sqlstate: "22P02" });
    expect(error.happened).toContain('{"id":"77001"} of public.items');
    expect(error.happened).toContain('invalid input syntax for type integer: "ops"');
    const quarantined = await client.query("select step, key, error from shoofly.quarantine");
    expect(quarantined.rows).toEqual([
      { step: "backfill.1", key: { id: "77001" }, error: 'invalid input syntax for type integer: "ops"' },
    ]);
    const stored = await client.query("select error->>'code' as code from shoofly.migrations");
    expect(stored.rows).toEqual([{ code: "backfill-failed" }]);
    await client.query("update items set v = 'v25667' where id = 77001");
    expect(await run(database.url, "start", plan)).toMatchObject({ state: "ready", error: null, quarantined: 0 });
    expect((await client.query("select count(*)::int as left from items where m is null")).rows).toEqual([{ left: 0 }]);
  });

  test("by block ranges, the bad row is named by its place", async () => {
    await using database = await fresh();
    const client = await database.connect();
    await client.query("alter table items add column m int");
    await client.query("update items set v = 'oops' where id = 99");
    const plan = planOf("m1", [fill("backfill.1", { key: null, set: "m = substr(t.v, 2)::int", where: "m is null" })]);
    const error = await refusal(database.url, "start", plan);
    const { rows: place } = await client.query<{ ctid: string }>("select ctid from items where id = 99");
    expect(error.details["key"]).toEqual({ ctid: place[0]?.ctid });
  });

  test("around a locked row: waits for it, says so, and gives up with the name of who holds it", async () => {
    await using database = await fresh();
    const holder = await database.connect({ application_name: "holder" });
    await holder.query("begin; update items set v = v where id = 30000");
    const events: Event[] = [];
    const error = await refusal(database.url, "start", planFor(idKey), {
      chunkBudgetMs: 3_000,
      onEvent: (event) => events.push(event),
    });
    expect(error).toMatchObject({ code: "lock-timeout", exitCode: 6 });
    expect(error.happened).toContain('app "holder"');
    expect(error.safeNext.join(" ")).toMatch(/pg_terminate_backend\(\d+\)/);
    expect(events.filter(({ type }) => type === "lock.waited").length).toBeGreaterThan(0);
    // All rows that were not locked are not held back for long: the other worker went on meanwhile.
    const client = await database.connect();
    const { rows: filled } = await client.query<{ n: number }>("select sum(n)::int as n from items");
    expect(filled[0]?.n).toBeGreaterThan(rows / 2);
    const going = run(database.url, "start", planFor(idKey));
    await holder.query("rollback");
    expect(await going).toMatchObject({ state: "ready", error: null });
    expect(await sums(database)).toEqual({ rows, n: rows, most: 1 });
  });

  test("clients that lock rows in the other order are never the victim of a deadlock", async () => {
    await using database = await fresh();
    const clients = await Promise.all([database.connect(), database.connect()]);
    const state = { isOver: false, rounds: 0, slowestMs: 0 };
    const running = clients.map(async (client, which) => {
      while (!state.isOver) {
        const startedAt = Date.now();
        const first = 3 * (1 + ((state.rounds * 7919) % rows));
        await client.query("begin");
        // Backwards through the table while the fill goes forwards.
        for (const id of [first + 300, first + 150, first])
          await client.query("update items set v = v where id = $1", [id + which]);
        await client.query("commit");
        state.slowestMs = Math.max(state.slowestMs, Date.now() - startedAt);
        state.rounds += 1;
      }
    });
    await run(database.url, "start", planFor(idKey));
    state.isOver = true;
    await Promise.all(running); // a deadlock would reject
    expect(state.rounds).toBeGreaterThan(0);
    expect(state.slowestMs).toBeLessThan(1_000);
    expect(await sums(database)).toEqual({ rows, n: rows, most: 1 });
  });

  test("a worker's connection that is ended by somebody comes back, and no row is counted twice", async () => {
    await using database = await fresh();
    const client = await database.connect();
    const events: Event[] = [];
    let kills = 0;
    let killing = Promise.resolve();
    await run(database.url, "start", planFor(idKey), {
      onEvent: (event) => {
        events.push(event);
        if (event.type !== "chunk.filled" || kills >= 3) return;
        kills += 1;
        killing = killing.then(async () => {
          await client.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name ~ '^shoofly:[0-9]+:fill-' and datname = current_database()",
          );
        });
      },
    });
    await killing;
    expect(events.filter(({ type }) => type === "connection.lost").length).toBeGreaterThan(0);
    expect(events.filter(({ type }) => type === "connection.restored").length).toBeGreaterThan(0);
    expect(await sums(database)).toEqual({ rows, n: rows, most: 1 });
  });

  test("the fill is marked for the sync triggers, the author's change is not", async () => {
    await using database = await fresh();
    const client = await database.connect();
    await client.query(`
      alter table items add column seen text;
      create function note() returns trigger language plpgsql as $$
      begin new.seen := coalesce(current_setting('shoofly.fill', true), ''); return new; end $$;
      create trigger note before update on items for each row execute function note();
      alter table items enable always trigger note;`);
    const plan = planOf("m1", [fill("backfill.1", { key: idKey, set: "n = 1" })]);
    await run(database.url, "start", plan);
    expect((await client.query("select distinct seen from items")).rows).toEqual([{ seen: "on" }]);
    await run(database.url, "rollback", plan);
    await run(database.url, "start", planOf("m1", [fill("backfill.1", { key: idKey, ...countOnce })]));
    expect((await client.query("select distinct seen from items")).rows).toEqual([{ seen: "" }]);
  });

  test("triggers of the user rest during a fill where the role may see to it, and fire for the author's change", async () => {
    await using database = await fresh();
    const client = await database.connect();
    await client.query(`
      alter table items add column stamped int not null default 0;
      create function stamp() returns trigger language plpgsql as $$
      begin new.stamped := new.stamped + 1; return new; end $$;
      create trigger stamp before update on items for each row execute function stamp();`);
    const stamped = async (): Promise<unknown> =>
      (await client.query("select min(stamped) as least, max(stamped) as most from items")).rows[0];
    const plan = planOf("m1", [fill("backfill.1", { key: idKey, set: "n = 1" })]);
    await run(database.url, "start", plan);
    expect(await stamped()).toEqual({ least: 0, most: 0 });
    await run(database.url, "rollback", plan);
    await run(database.url, "start", planOf("m1", [fill("backfill.1", { key: idKey, ...countOnce })]));
    expect(await stamped()).toEqual({ least: 1, most: 1 });
  });

  test("a role that may not keep the user's triggers still fills all the same", async () => {
    await using database = await fresh();
    const role = await database.createRole();
    const client = await database.connect();
    await client.query(`grant create on database ${database.name} to ${role}; alter table items owner to ${role};
      grant create, usage on schema public to ${role}`);
    const found = await client.query("select to_regnamespace('shoofly') is null as absent");
    if (found.rows[0]?.absent === false) await client.query("drop schema shoofly cascade");
    const record = await run(database.urlAs(role), "start", planFor(idKey));
    expect(record).toMatchObject({ state: "ready" });
    expect(await sums(database)).toEqual({ rows, n: rows, most: 1 });
  });

  test("stops between two slices when asked, and keeps what was done", async () => {
    await using database = await fresh();
    const stop = new AbortController();
    const error = await refusal(database.url, "start", planFor(idKey), {
      stop: stop.signal,
      onEvent: ({ type }) => void (type === "chunk.filled" && stop.abort("SIGTERM")),
    });
    expect(error).toMatchObject({ code: "interrupted", exitCode: 143, outcome: "resumable" });
    const client = await database.connect();
    const { rows: done } = await client.query<{ n: number }>("select sum(n)::int as n from items");
    expect(done[0]?.n).toBeGreaterThan(0);
    expect(done[0]?.n).toBeLessThan(rows);
    expect(await run(database.url, "start", planFor(idKey))).toMatchObject({ state: "ready" });
    expect(await sums(database)).toEqual({ rows, n: rows, most: 1 });
  });

  test("a slow slice is cut short, and the pace adapts", async () => {
    await using database = await fresh();
    const client = await database.connect();
    await client.query("delete from items where id > 3000");
    // 2 ms per row: the first slice of a thousand rows would lock its rows for two seconds.
    await client.query(`
      create function slowly(n int) returns int language plpgsql as $$ begin perform pg_sleep(0.002); return n + 1; end $$`);
    const slices: number[] = [];
    await run(
      database.url,
      "start",
      planOf("m1", [fill("backfill.1", { key: idKey, set: "n = slowly(n)", mode: "change" })]),
      {
        onEvent: (event) => void (event.type === "chunk.filled" && slices.push(event.elapsedMs)),
      },
    );
    expect(Math.max(...slices)).toBeLessThan(300);
    expect(await sums(database)).toEqual({ rows: 1_000, n: 1_000, most: 1 });
  });

  test("several fills make one progress, and status sees it while it runs", async () => {
    await using database = await fresh();
    const plan = planOf("m1", [
      fill("backfill.1", { key: idKey, set: "n = 1", rowsEstimate: rows }),
      fill("backfill.2", { key: null, set: "n = 2", rowsEstimate: rows }),
    ]);
    const seen: number[] = [];
    await run(database.url, "start", plan, {
      onEvent: (event) => void (event.type === "progress.changed" && seen.push(event.progress.ratio)),
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.some((ratio) => ratio > 0.4 && ratio < 0.6)).toBe(true);
    const client = await database.connect();
    await waitUntil(
      async () => {
        const { rows: found } = await client.query<{ ratio: number }>(
          "select (progress->>'ratio')::float as ratio from shoofly.migrations",
        );
        return found[0]?.ratio === 1;
      },
      5_000,
      "the progress in the journal is 1",
    );
  });
});
