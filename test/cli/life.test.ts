// A migration's life on the command line: every verb, its document, its signals, and what `status` sees on the way.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import pg from "pg";
import type { StoredError } from "../../src/core/record.ts";
import type { AbortDocument, LatestDocument } from "../../src/documents/answers.ts";
import type { StatusDocument, StatusEntry } from "../../src/documents/status.ts";
import { expectDocument, expectFailure, cliProject, type CliProject } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const [server] = servers;
if (server === undefined) throw new Error("no server");

const name = "20260101000000_price_cents";
const change =
  "-- Prices get cents.\n-- shoofly:down (price * 100)::int\nALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;\n";

let database: TestDatabase;
let project: CliProject;

async function prepare(on = server): Promise<void> {
  if (on === undefined) throw new Error("no server");
  database = await createDatabase(on);
  const client = await database.connect();
  await client.query(
    "CREATE TABLE products (id int PRIMARY KEY, price int); INSERT INTO products SELECT g, g FROM generate_series(1, 3000) g; ANALYZE products",
  );
  await client.end();
  project = cliProject(database.url);
  project.migration(name, change);
  expect((await project.run(["init"])).code).toBe(0);
}

async function dispose(): Promise<void> {
  project[Symbol.dispose]();
  await database.drop();
}

async function entry(given = name): Promise<StatusEntry> {
  const { document } = await project.json<StatusDocument>(["status", given]);
  const [found] = document.migrations;
  if (found === undefined) throw new Error("no entry");
  return found;
}

async function verb(words: readonly string[]): Promise<StatusEntry> {
  const { code, document } = await project.json<StatusDocument>(words);
  expect({ words, code, document }).toMatchObject({ words, code: 0 });
  const [found] = document.migrations;
  if (found === undefined) throw new Error("no entry");
  return found;
}

const latest = async (...words: string[]): Promise<LatestDocument> =>
  (await project.json<LatestDocument>(["latest", ...words])).document;

describe.each(servers)("all verbs on $name", (on) => {
  beforeEach(async () => await prepare(on));
  afterEach(dispose);

  test("start, complete, back to ready, complete, purge; latest follows", async () => {
    const versionSchema = `public_${name}`;
    expect(await latest("--url")).toMatchObject({ version: "public", migration: null, searchPath: ["public"] });
    expect(await entry()).toMatchObject({ state: "pending", waitingFor: null, next: `shoofly start ${name}` });
    const ready = await verb(["start", "price_cents"]);
    expect(ready).toMatchObject({
      name,
      state: "ready",
      waitingFor: "you",
      error: null,
      progress: { ratio: 1, rows: 3000 },
    });
    expect(ready.versions).toEqual({ old: "public", new: versionSchema });
    expect((await verb(["start", name])).state).toBe("ready");

    const { url } = await latest("--url");
    const client = new pg.Client({ connectionString: url ?? "" });
    await client.connect();
    expect((await client.query("SELECT price::text FROM products WHERE id = 150")).rows).toEqual([{ price: "1.50" }]);
    await client.end();
    expect((await project.run(["latest"])).stdout).toBe(`${versionSchema}\n`);

    expect(await verb(["complete", "price_cents", "--confirm", "price_cents"])).toMatchObject({
      state: "completed",
      waitingFor: null,
    });
    expect(await verb(["rollback", name, "--to", "ready", "--confirm", name])).toMatchObject({ state: "ready" });
    expect((await latest()).version).toBe(versionSchema);
    await verb(["complete", name, "--confirm", name]);
    expect(await verb(["purge", name, "--confirm", name])).toMatchObject({ state: "purged", next: null });
    expect(await latest()).toMatchObject({ version: versionSchema, migration: name });
    expect((await project.json(["doctor"])).code).toBe(0);
  });

  test("rollback gives the old version back, and it can be started again", async () => {
    await verb(["start", name]);
    expect(await verb(["rollback", name, "--confirm", name])).toMatchObject({
      state: "rolled-back",
      next: `shoofly start ${name}`,
    });
    expect((await latest()).version).toBe("public");
    expect((await project.json(["doctor"])).code).toBe(0);
    expect((await verb(["start", name])).state).toBe("ready");
  });
});

describe("on one server", () => {
  beforeEach(async () => await prepare());
  afterEach(dispose);

  /** A client that keeps a row locked, so that the backfill waits in its first chunk. */
  async function holdRow(): Promise<pg.Client> {
    // The lock on the row keeps a transaction on the table open, which the expand steps would have to wait for.
    await verb(["start", name, "--until", "expand"]);
    const client = await database.connect();
    await client.query("BEGIN; SELECT 1 FROM products WHERE id = 1 FOR UPDATE");
    return client;
  }

  async function beginFilling(): Promise<ReturnType<CliProject["begin"]>> {
    const running = project.begin(["start", name]);
    await expect.poll(async () => (await entry()).state, { timeout: 20_000 }).toBe("backfilling");
    return running;
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops at a checkpoint with exit code %i; a second start goes on", async (signal, code) => {
    const holder = await holdRow();
    const running = await beginFilling();
    running.process.kill(signal);
    expectFailure(await running.ended, "interrupted", code);
    expect(running.output.stderr).toContain("Stopping at the next checkpoint");
    expect(await entry()).toMatchObject({ state: "backfilling", next: `shoofly start ${name}` });
    await holder.query("COMMIT");
    expect((await verb(["start", name])).state).toBe("ready");
  });

  test("SIGKILL: status says that the runner is gone; start goes on", async () => {
    const holder = await holdRow();
    const running = await beginFilling();
    running.process.kill("SIGKILL");
    expect((await running.ended).signal).toBe("SIGKILL");
    await holder.query("COMMIT");
    await expect.poll(async () => (await entry()).waitingFor, { timeout: 30_000 }).toBe("runner gone");
    const text = await project.run(["status", name]);
    expect(text.stdout).toContain("stopped, nobody works on it");
    expect(text.stdout).toContain(`shoofly start ${name}`);
    expect((await verb(["start", name])).state).toBe("ready");
  });

  test("a runner that stands still for over 15 s counts as gone, although it holds the lease", async () => {
    const holder = await holdRow();
    const running = await beginFilling();
    running.process.kill("SIGSTOP");
    const client = await database.connect();
    await client.query("UPDATE shoofly.lease SET heartbeat_at = clock_timestamp() - interval '16 s'");
    expect(await entry()).toMatchObject({
      state: "backfilling",
      waitingFor: "runner gone",
      next: `shoofly start ${name}`,
    });
    running.process.kill("SIGCONT");
    await expect.poll(async () => (await entry()).waitingFor, { timeout: 20_000 }).not.toBe("runner gone");
    await holder.query("COMMIT");
    expect((await running.ended).code).toBe(0);
  });

  test("the second signal cancels the statement that runs", async () => {
    project.migration("20260102000000_index", "-- An index.\nCREATE INDEX products_price ON products (price);\n");
    await verb(["start", name]);
    await verb(["complete", name, "--confirm", name]);
    await verb(["purge", name, "--confirm", name]);
    const holder = await database.connect();
    // CREATE INDEX CONCURRENTLY waits for every transaction that may write the table.
    await holder.query("BEGIN; LOCK TABLE products IN ROW EXCLUSIVE MODE");
    const running = project.begin(["start", "index"]);
    const client = await database.connect();
    const isBuilding = async (): Promise<boolean> =>
      (
        await client.query(
          "SELECT FROM pg_stat_activity WHERE query ~ '^CREATE INDEX CONCURRENTLY' AND state = 'active'",
        )
      ).rowCount === 1;
    await expect.poll(isBuilding, { timeout: 20_000 }).toBe(true);
    running.process.kill("SIGINT");
    await expect.poll(() => running.output.stderr, { timeout: 10_000 }).toContain("Once more");
    expect(await isBuilding()).toBe(true);
    running.process.kill("SIGINT");
    await expect.poll(isBuilding, { timeout: 10_000 }).toBe(false);
    await holder.query("COMMIT");
    expectFailure(await running.ended, "interrupted", 130);
    expect((await verb(["start", "index"])).state).toBe("ready");
  });

  test("abort is acknowledged by the runner, which ends with exit code 6", async () => {
    const holder = await holdRow();
    const running = await beginFilling();
    const { code, document } = await project.json<AbortDocument>(["abort", name, "--reason", "lunch"]);
    expect({ code, ...document }).toMatchObject({ code: 0, migration: name, acknowledged: true });
    const outcome = await running.ended;
    expectFailure(outcome, "interrupted", 6);
    expect(outcome.stderr).toContain("lunch");
    await holder.query("COMMIT");
    const nobody = await project.json<AbortDocument>(["abort", name]);
    expect(nobody.document.acknowledged).toBe(false);
  });

  test("--wait-for: exit code 8 when the time is over, 0 when the state is there", async () => {
    const holder = await holdRow();
    const running = await beginFilling();
    const late = await project.run(["status", name, "--wait-for", "ready", "--timeout", "300ms", "-q"]);
    expectFailure(late, "wait-timeout", 8);
    const waiting = project.begin(["status", name, "--wait-for", "ready", "--timeout", "60s", "--json"]);
    const watching = project.begin(["status", name, "--watch"]);
    await expect.poll(() => watching.output.stderr, { timeout: 10_000 }).toContain("▶ state backfilling\n");
    await holder.query("COMMIT");
    expect((await running.ended).code).toBe(0);
    const waited = await waiting.ended;
    expect(waited.code).toBe(0);
    const document = JSON.parse(waited.stdout) as StatusDocument;
    expectDocument(document);
    expect(document.migrations[0]?.state).toBe("ready");
    const watched = await watching.ended;
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(/^State {2}ready/m);
    expect(watched.stderr).toMatch(/Z ▶ state backfilling → /);
  });

  test("--until expand stops there and waits for a person; the next start goes on", async () => {
    const paused = await verb(["start", name, "--until", "expand"]);
    expect(paused).toMatchObject({ state: "expanding", waitingFor: "you", next: `shoofly start ${name}` });
    expect((await verb(["start", name])).state).toBe("ready");
  });

  test("all pending files up to the named one are one plan", async () => {
    project.migration("20260102000000_add_note", "-- A note.\nALTER TABLE products ADD COLUMN note text;\n");
    project.migration("20260103000000_later", "-- Later.\nALTER TABLE products ADD COLUMN later text;\n");
    expect(await verb(["start", "add_note"])).toMatchObject({ versions: { new: "public_20260102000000_add_note" } });
    expect(await entry(name)).toMatchObject({ state: "ready", carriedBy: "20260102000000_add_note" });
    expect((await entry("later")).state).toBe("pending");
    expect(await verb(["complete", name, "--confirm", name])).toMatchObject({
      name: "20260102000000_add_note",
      state: "completed",
    });
    expect(await verb(["purge", name, "--confirm", name])).toMatchObject({ state: "purged" });
    expect(await verb(["start", "later"])).toMatchObject({
      state: "ready",
      versions: { old: "public_20260102000000_add_note" },
    });
  });

  test("while one is under way the next is refused by plan and by start", async () => {
    await verb(["start", name]);
    project.migration("20260103000000_later", "-- Later.\nALTER TABLE products ADD COLUMN later text;\n");
    for (const words of [
      ["plan", "later"],
      ["start", "later"],
    ]) {
      const outcome = await project.run(words);
      expectFailure(outcome, "migration-active", 4);
      expect(outcome.stderr).toContain(`shoofly complete ${name}`);
    }
    const stored = await project.json<{ migration: string }>(["plan", name]);
    expect(stored).toMatchObject({ code: 0, document: { migration: name } });
  });

  test("an edit in mid-migration is refused with both ways out", async () => {
    await verb(["start", name, "--until", "expand"]);
    project.migration(name, `${change}-- edited\n`);
    const outcome = await project.run(["start", name]);
    expectFailure(outcome, "checksum-mismatch", 4);
    expect(outcome.stderr).toContain(`shoofly rollback ${name}`);
    project.migration(name, change);
    expect((await verb(["start", name])).state).toBe("ready");
  });

  test("a rollback that would lose data changes nothing; --archive keeps the data", async () => {
    project.migration("20260102000000_add_note", "-- A note.\nALTER TABLE products ADD COLUMN note text;\n");
    const note = "20260102000000_add_note";
    await verb(["start", note]);
    const client = await database.connect();
    await client.query(`UPDATE "public_${note}".products SET note = 'kept' WHERE id = 7`);
    expectFailure(await project.run(["rollback", note, "--confirm", note]), "data-would-be-lost", 4);
    expect((await entry(note)).state).toBe("ready");
    expect((await verb(["rollback", note, "--archive", "--confirm", note])).state).toBe("rolled-back");
    const { rows } = await client.query<{ name: string }>(
      "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'shoofly'::regnamespace AND relname LIKE 'archive%' AND relkind = 'r'",
    );
    expect(rows).toHaveLength(1);
    expect((await client.query(`SELECT note FROM shoofly."${rows[0]?.name}"`)).rows).toEqual([{ note: "kept" }]);
  });

  test("a failure is stored, and status repeats it in the same layout", async () => {
    const failing = "20260102000000_failing";
    project.migration(
      failing,
      "-- Checks.\n-- shoofly:check SELECT id FROM products WHERE id = 13\nALTER TABLE products ADD COLUMN note text;\n",
    );
    const outcome = await project.run(["start", failing]);
    expect(outcome.code).toBe(6);
    const stored = await entry(failing);
    expect(stored.error?.code).toBe("verification-failed");
    expectDocument(stored.error);
    const screen = await project.run(["status", failing]);
    expect(screen.code).toBe(0);
    expect(screen.stdout).toContain(outcome.stderr.slice(outcome.stderr.indexOf("✗")).split("\n")[1]);
    expect(screen.stdout).toContain("Safe next");
    expect(stored.next).toBe(`shoofly start ${failing}`);
    const waited = await project.json<StoredError>(["status", failing, "--wait-for", "ready"]);
    expect(waited).toMatchObject({ code: 6, document: { code: "verification-failed" } });
  });

  test("status asks the database: a version schema, a trigger or a column that is gone is a problem", async () => {
    await verb(["start", name]);
    expect((await entry()).problems).toEqual([]);
    const client = await database.connect();
    await client.query("ALTER TABLE products ADD COLUMN stray int");
    expect((await entry()).problems.join("\n")).toMatch(/public\.products: .*stray.* is new/);
    await client.query(`ALTER TABLE products DROP COLUMN stray; DROP SCHEMA "public_${name}" CASCADE`);
    expect((await entry()).problems.join("\n")).toContain(`public_${name} is gone`);
    expect((await latest()).version).toBe("public");
    expect((await project.run(["status"])).stdout).toContain(`public_${name} is gone`);
  });
});

describe("on a terminal", () => {
  beforeEach(async () => await prepare());
  afterEach(dispose);

  const typed = async (words: string, input: string): Promise<{ code: number | null; stdout: string }> =>
    await project.run([], {
      shell: `printf '${input}' | script -qefc "$SHOOFLY ${words}" /dev/null`,
      env: { TERM: "xterm" },
    });

  test("complete asks with target and version, default no; purge wants the name typed", async () => {
    await verb(["start", name]);
    const no = await typed(`complete ${name}`, "\\n");
    expect(no.code).toBe(2);
    expect(no.stdout).toContain(`on ${database.name}@`);
    expect(no.stdout).toMatch(/PostgreSQL \d+\.\d+/);
    expect((await entry()).state).toBe("ready");
    expect((await typed(`complete ${name}`, "y\\n")).code).toBe(0);
    expect((await typed(`purge ${name}`, "y\\n")).code).toBe(2);
    expect((await entry()).state).toBe("completed");
    const purged = await typed(`purge ${name}`, `${name}\\n`);
    expect(purged.stdout).toContain("This cannot be taken back.");
    expect(purged.code).toBe(0);
    expect((await entry()).state).toBe("purged");
  });

  test("--no-input never asks, the end of the input is a no, Ctrl-C leaves with 130", async () => {
    await verb(["start", name]);
    expect((await typed(`complete ${name} --no-input`, "y\\n")).code).toBe(2);
    expect((await typed(`complete ${name}`, "\\004")).code).toBe(2);
    const broken = await project.run([], {
      shell: `(sleep 2; printf '\\003') | script -qefc "$SHOOFLY complete ${name}" /dev/null`,
      env: { TERM: "xterm" },
    });
    expect(broken.code).toBe(130);
    expect((await entry()).state).toBe("ready");
  });

  test("the live view is redrawn in place and gone at the end", async () => {
    const { code, stdout } = await project.run([], {
      shell: `script -qefc "$SHOOFLY start ${name}" /dev/null`,
      env: { TERM: "xterm" },
    });
    expect(code).toBe(0);
    expect(stdout).toContain("\u001B[0J");
    expect(stdout).toContain("▶ backfill");
    expect(stdout.slice(stdout.lastIndexOf("\u001B[0J"))).not.toContain("▶ verify");
    const plain = await project.run([], {
      shell: `script -qefc "$SHOOFLY rollback ${name} --confirm ${name}" /dev/null`,
      env: { TERM: "xterm", CI: "true" },
    });
    expect(plain.stdout).not.toContain("\u001B[0J");
  });
});
