// Bad days of a server: full disk, restart in mid-fill, a database that stays away, a standby, somebody else's DDL. Each ends in the
// failure layout with the right outcome, or goes on by itself; nothing is lost.
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import pg from "pg";
import type { StatusDocument, StatusEntry } from "../../src/documents/status.ts";
import type { DoctorDocument } from "../../src/documents/answers.ts";
import { reachableTemporaryDirectory, serverAccount } from "../../src/shadow/account.ts";
import { startServer, type Server } from "../../src/shadow/server.ts";
import { refusal, run } from "../engine/runs.ts";
import { migrationName, planCase, withConnection } from "../support/cases.ts";
import { cliProject, expectFailure, type CliProject } from "../support/cli.ts";
import { createDatabase, servers } from "../support/database.ts";
import { startStandby } from "../support/standby.ts";

const name = migrationName;
const change = `-- Prices get cents.
-- shoofly:down (price * 100)::int
ALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
`;
const tableSql = (rows: number): string =>
  `CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL, note text);
   INSERT INTO products SELECT g, g % 1000, repeat('x', 40) FROM generate_series(1, ${rows}) g; ANALYZE products`;
const minute = 60_000;

async function query<R extends pg.QueryResultRow>(url: string, ...statements: readonly string[]): Promise<R[]> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  client.on("error", () => {});
  await client.connect();
  try {
    let rows: R[] = [];
    for (const sql of statements) ({ rows } = await client.query<R>(sql));
    return rows;
  } finally {
    await client.end();
  }
}

async function entry(project: CliProject): Promise<StatusEntry> {
  const { document } = await project.json<StatusDocument>(["status", name]);
  const [found] = document.migrations;
  if (found === undefined) throw new Error("no entry");
  return found;
}

async function expectState(project: CliProject, words: readonly string[], state: string): Promise<void> {
  const { code, document } = await project.json<StatusDocument>(words);
  expect({ words, code, document }).toMatchObject({ code: 0, document: { migrations: [{ state }] } });
}

/** A project whose database has the table and whose journal is there. */
async function projectOn(url: string, rows: number): Promise<CliProject> {
  await query(url, tableSql(rows));
  const project = cliProject(url);
  project.migration(name, change);
  expect((await project.run(["init"])).code).toBe(0);
  return project;
}

/** Every row of the old shape has its value in the new one. */
async function expectFilled(url: string, rows: number): Promise<void> {
  const both = `SELECT count(*)::int AS rows, count(*) FILTER (WHERE n.price IS DISTINCT FROM o.price / 100.0)::int AS wrong
    FROM public.products o JOIN "public_${name}".products n USING (id)`;
  expect(await query(url, both)).toEqual([{ rows, wrong: 0 }]);
}

/** A small file system of its own: where that is not allowed there is no disk to fill. */
class SmallDisk implements Disposable {
  readonly directory: string = mkdtempSync(join(reachableTemporaryDirectory(), "shoofly-disk-"));
  readonly isThere: boolean;

  constructor(megabytes: number) {
    this.isThere = this.#mount(`size=${megabytes}m`) === 0;
    const account = serverAccount();
    if (this.isThere && account !== null) chownSync(this.directory, account.uid, account.gid);
  }

  grow(megabytes: number): void {
    if (this.#mount(`remount,size=${megabytes}m`) !== 0) throw new Error(`${this.directory} does not grow`);
  }

  #mount(options: string): number | null {
    return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", this.directory], { stdio: "ignore" }).status;
  }

  [Symbol.dispose](): void {
    if (this.isThere) spawnSync("umount", ["-l", this.directory]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function canMount(): boolean {
  using disk = new SmallDisk(1);
  return disk.isThere;
}

describe.each([...new Set(servers.map(({ binDirectory }) => binDirectory ?? "embedded"))])("with %s", (binaries) => {
  test.skipIf(!canMount())(
    "a full disk: the fill stops, reads go on, with more space it ends",
    { timeout: 3 * minute },
    async () => {
      using disk = new SmallDisk(30);
      await using server = await startServer({ binaries });
      await query(
        server.url,
        `CREATE TABLESPACE small LOCATION '${disk.directory}'`,
        "CREATE DATABASE app TABLESPACE small",
      );
      const url = server.url.replace(/postgres$/, "app");
      const rows = 150_000;
      using project = await projectOn(url, rows);
      const outcome = await project.run(["start", name]);
      expectFailure(outcome, "disk-full", 6);
      expect(outcome.stderr).toContain("Free disk space on the server.");
      expect(outcome.stderr.replaceAll(/\s+/g, " ")).toContain("No space left on device");
      expect(await entry(project)).toMatchObject({ state: "backfilling", next: `shoofly start ${name}` });
      expect(await query(url, "SELECT count(*)::int AS rows FROM products")).toEqual([{ rows }]);
      disk.grow(400);
      await expectState(project, ["start", name], "ready");
      await expectFilled(url, rows);
    },
  );

  test.each(["fast", "immediate"] as const)(
    "the server restarts (%s) in mid-fill: the run waits and goes on",
    { timeout: 3 * minute },
    async (mode) => {
      await using server = await startServer({ binaries, durable: true });
      using project = await projectOn(server.url, 20_000);
      await expectState(project, ["start", name, "--until", "expand"], "expanding");
      // A row that somebody holds keeps the fill from ending before the restart, and no longer.
      const holder = new pg.Client({ connectionString: server.url, ssl: false });
      holder.on("error", () => {});
      await holder.connect();
      await holder.query("BEGIN; SELECT 1 FROM products WHERE id = 15000 FOR UPDATE");
      const running = project.begin(["start", name]);
      await expect.poll(async () => (await entry(project)).state, { timeout: 20_000 }).toBe("backfilling");
      await server.restart(mode);
      const outcome = await running.ended;
      expect(outcome.code, outcome.stderr).toBe(0);
      expect((await entry(project)).state).toBe("ready");
      await expectFilled(server.url, 20_000);
    },
  );
});

describe.each(servers)("on $name", (server) => {
  test("a database that stays away ends the run, resumable; it goes on when it is back", async () => {
    await using database = await createDatabase(server);
    await query(database.url, tableSql(3000));
    const each = { name, directory: "", schemaSql: "", changeSql: change, naiveSql: "" };
    const plan = await withConnection(database.url, async (connection) => await planCase(connection, each));
    await run(database.url, "start", plan, { until: "expand" });
    let isGone = false;
    const closing: Promise<unknown>[] = [];
    const error = await refusal(database.url, "start", plan, {
      reconnectMs: 500,
      onEvent: ({ type }) => {
        if (type !== "step.started" || isGone) return;
        isGone = true;
        const away = [
          `ALTER DATABASE ${database.name} ALLOW_CONNECTIONS false`,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database.name}'`,
        ];
        closing.push(query(server.url, ...away));
      },
    });
    await Promise.all(closing);
    expect(error).toMatchObject({ code: "connection-lost", outcome: "resumable", exitCode: 6 });
    expect(error.safeNext).toContain(`shoofly start ${name}`);
    await query(server.url, `ALTER DATABASE ${database.name} ALLOW_CONNECTIONS true`);
    expect((await run(database.url, "start", plan)).state).toBe("ready");
    await expectFilled(database.url, 3000);
  });

  test("somebody else's DDL in mid-migration is named; undone or accepted, the run goes on", async () => {
    await using database = await createDatabase(server);
    using project = await projectOn(database.url, 3000);
    await expectState(project, ["start", name, "--until", "expand"], "expanding");
    await query(database.url, "ALTER TABLE products ADD COLUMN stray int");
    const outcome = await project.run(["start", name]);
    expectFailure(outcome, "schema-drift", 6);
    expect(outcome.stderr).toContain("stray");
    expect(outcome.stderr).toContain(`shoofly start ${name} --accept-drift`);
    expect(await entry(project)).toMatchObject({
      state: "backfilling",
      error: { code: "schema-drift", outcome: "resumable" },
    });
    await query(database.url, "ALTER TABLE products DROP COLUMN stray");
    await expectState(project, ["start", name], "ready");
    await query(database.url, "CREATE INDEX stray ON products (note)");
    expectFailure(await project.run(["complete", name, "--confirm", name]), "schema-drift", 6);
    await expectState(project, ["complete", name, "--confirm", name, "--accept-drift"], "completed");
  });

  test("a role that may write but owns nothing is refused before anything changes", async () => {
    await using database = await createDatabase(server);
    using project = await projectOn(database.url, 100);
    const role = await database.createRole();
    await query(
      database.url,
      `GRANT USAGE, CREATE ON SCHEMA shoofly, public TO ${role}; GRANT CREATE ON DATABASE ${database.name} TO ${role};
       GRANT ALL ON ALL TABLES IN SCHEMA shoofly, public TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA shoofly TO ${role};
       GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA shoofly TO ${role}`,
    );
    const outcome = await project.run(["start", name, "--db", database.urlAs(role)]);
    expectFailure(outcome, "privilege-missing", outcome.code ?? 0);
    expect([4, 6]).toContain(outcome.code);
    expect(outcome.stderr).toContain("products");
    expect(
      await query(
        database.url,
        "SELECT count(*)::int AS columns FROM pg_attribute WHERE attrelid = 'products'::regclass AND attnum > 0",
      ),
    ).toEqual([{ columns: 3 }]);
    await expectState(project, ["start", name], "ready");
  });

  test("a lossy down, and names of over 63 bytes", async () => {
    await using database = await createDatabase(server);
    using project = await projectOn(database.url, 100);
    const refused = async (sql: string, code: string, exitCode: number, place: RegExp, file = name): Promise<void> => {
      project.migration(file, sql);
      for (const verb of ["plan", "start"]) {
        const outcome = await project.run([verb, file]);
        expectFailure(outcome, code, exitCode);
        expect(outcome.stderr).toMatch(place);
      }
    };
    const lossy = change.replace("(price * 100)::int", "price::int");
    await refused(lossy, "lossy-down", 4, new RegExp(`migrations/${name}\\.sql:2:17`));
    const long = "é".repeat(32);
    const rename = `-- Renamed.\nALTER TABLE products RENAME COLUMN note TO "${long}";\n`;
    await refused(rename, "change-refused", 4, /:2:\d+/);
    await refused("-- Long.\nSELECT 1;\n", "file-name", 2, /63 bytes/, `20260101000001_${"a".repeat(50)}`);
    expect(await query(database.url, "SELECT count(*)::int AS n FROM shoofly.migrations")).toEqual([{ n: 0 }]);
  });

  test("quotes, capitals and blanks in every name, through the whole life", async () => {
    await using database = await createDatabase(server);
    const schema = `My "own" Schema`;
    const quoted = `"My ""own"" Schema"`;
    await query(
      database.url,
      `CREATE SCHEMA ${quoted}`,
      `CREATE TABLE ${quoted}."Order ""Lines""" ("Id" int PRIMARY KEY, "Prix à ""payer""" int NOT NULL)`,
      `INSERT INTO ${quoted}."Order ""Lines""" SELECT g, g FROM generate_series(1, 200) g`,
    );
    using project = cliProject(database.url);
    project.migration(
      name,
      `-- shoofly:down ("Prix à ""payer""" * 100)::int\nALTER TABLE "Order ""Lines""" ALTER COLUMN "Prix à ""payer""" TYPE numeric(10,2) USING "Prix à ""payer""" / 100.0;\n`,
    );
    const flags = ["--schema", schema];
    expect((await project.run(["init", ...flags])).code).toBe(0);
    await expectState(project, ["start", name, ...flags], "ready");
    const next = `"My ""own"" Schema_${name}"."Order ""Lines"""`;
    expect(await query(database.url, `SELECT "Prix à ""payer"""::text AS price FROM ${next} WHERE "Id" = 150`)).toEqual(
      [{ price: "1.50" }],
    );
    await expectState(project, ["complete", name, "--confirm", name, ...flags], "completed");
    await expectState(project, ["rollback", name, "--confirm", name, ...flags], "rolled-back");
    await expectState(project, ["start", name, ...flags], "ready");
    await expectState(project, ["complete", name, "--confirm", name, ...flags], "completed");
    await expectState(project, ["purge", name, "--confirm", name, ...flags], "purged");
    expect((await project.run(["doctor", ...flags])).code).toBe(0);
  });
});

const debian = servers.find(({ binDirectory }) => binDirectory !== undefined);

test.skipIf(debian === undefined)(
  "a streaming standby is named, and everything that only reads works on it",
  { timeout: 2 * minute },
  async () => {
    const binaries = debian?.binDirectory ?? "";
    await using primary: Server = await startServer({ binaries });
    using project = await projectOn(primary.url, 100);
    await using standby = await startStandby(primary, binaries);
    const url = standby.urlOf(primary.url);
    expect(await query(url, "SELECT pg_is_in_recovery() AS standby")).toEqual([{ standby: true }]);
    for (const words of [
      ["start", name],
      ["start", name, "--until", "expand"],
    ]) {
      const outcome = await project.run([...words, "--db", url]);
      expectFailure(outcome, "read-only-server", 4);
      expect(outcome.stderr).toContain("standby");
    }
    expect((await project.json(["plan", name, "--db", url])).code).toBe(0);
    expect((await project.json(["status", "--db", url])).code).toBe(0);
    const { code, document } = await project.json<DoctorDocument>(["doctor", "--db", url]);
    expect(code).toBe(4);
    expect(document.checks.filter(({ level }) => level === "failed").map(({ check }) => check)).toEqual(["writable"]);
    expect((await entry(project)).state).toBe("pending");
    await expectState(project, ["start", name], "ready");
  },
);
