// What the command line refuses on a real server: code, exit code, layout, and that the database stays as it was.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredError } from "../../src/core/record.ts";
import type { DoctorDocument } from "../../src/documents/answers.ts";
import type { StatusDocument } from "../../src/documents/status.ts";
import { expectFailure, cliProject, type CliProject, type Outcome } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { isPgbouncerSkipped, startPgbouncer } from "../support/pgbouncer.ts";

const addNote = "-- A note.\nALTER TABLE users ADD COLUMN note text;\n";

function flat(outcome: Outcome): string {
  return outcome.stderr.replaceAll(/\s+/g, " ");
}

let database: TestDatabase;
let project: CliProject;

async function prepare(server: (typeof servers)[number] | undefined): Promise<void> {
  if (server === undefined) throw new Error("no server");
  database = await createDatabase(server);
  const client = await database.connect();
  await client.query(
    "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL); INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 50) g",
  );
  await client.end();
  project = cliProject(database.url);
  project.migration("20260101000000_add_note", addNote);
}

async function dispose(): Promise<void> {
  project[Symbol.dispose]();
  await database.drop();
}

describe("files, names and plans", () => {
  beforeEach(async () => await prepare(servers[0]));
  afterEach(dispose);

  const schemas = async (): Promise<string[]> => {
    const client = await database.connect();
    const { rows } = await client.query<{ name: string }>(
      "SELECT nspname::text AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1",
    );
    await client.end();
    return rows.map((row) => row.name);
  };

  test("a database that is not empty and has no baseline: init settles it, plan and start leave no trace before", async () => {
    const outcome = await project.run(["start", "add_note"]);
    expectFailure(outcome, "baseline-missing", 4);
    expect(outcome.stderr).toContain("shoofly init");
    expect((await project.run(["plan", "add_note"])).code).toBe(0);
    expect(await schemas()).toEqual(["public"]);

    const { code, document } = await project.json(["init"]);
    expect(code).toBe(0);
    expect(document).toMatchObject({ journal: "installed", baseline: "recorded", baselineFiles: [] });
    expect((await project.json(["init"])).document).toMatchObject({ journal: "present", baseline: "present" });
    expect((await project.run(["start", "add_note"])).code).toBe(0);
  });

  test("init --baseline: the files up to that one count as applied", async () => {
    project.migration("20260102000000_later", "ALTER TABLE users ADD COLUMN later text;");
    const { document } = await project.json(["init", "--baseline", "add_note"]);
    expect(document).toMatchObject({ baseline: "recorded", baselineFiles: ["20260101000000_add_note"] });
    const { document: status } = await project.json<StatusDocument>(["status"]);
    expect(status.migrations.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "20260101000000_add_note purged",
      "20260102000000_later pending",
    ]);
    expectFailure(await project.run(["init", "--baseline", "nothing_like_it"]), "file-not-found", 2);
  });

  test("names that do not exist, and verbs in the wrong state", async () => {
    await project.run(["init"]);
    const unknown = await project.run(["start", "add_nota"]);
    expectFailure(unknown, "file-not-found", 2);
    expect(flat(unknown)).toContain("Did you mean 20260101000000_add_note?");
    expectFailure(await project.run(["rollback", "zzzz", "--confirm", "zzzz"]), "file-not-found", 2);
    expectFailure(await project.run(["complete", "add_note", "--confirm", "add_note"]), "wrong-state", 4);
    expectFailure(await project.run(["purge", "add_note", "--confirm", "add_note"]), "wrong-state", 4);
    expectFailure(await project.run(["abort", "add_note"]), "wrong-state", 4);
    expectFailure(await project.run(["status", "zzzz"]), "file-not-found", 2);
  });

  test.each(["complete", "rollback", "purge"])(
    "%s without a terminal needs --confirm, and the right name",
    async (verb) => {
      await project.run(["init"]);
      const missing = await project.run([verb, "add_note"]);
      expectFailure(missing, "confirmation-missing", 2);
      expect(missing.stderr).toContain(`shoofly ${verb} 20260101000000_add_note --confirm 20260101000000_add_note`);
      expectFailure(await project.run([verb, "add_note", "--confirm", "other"]), "confirmation-missing", 2);
    },
  );

  test("a syntax error comes with file, line, column and a caret", async () => {
    project.migration("20260102000000_bad", "-- Bad.\nALTER TABLE users\n  ADD COLUM note text;\n");
    for (const verb of ["plan", "start"]) {
      await project.run(["init"]);
      const outcome = await project.run([verb, "bad"]);
      expectFailure(outcome, "syntax-error", 2);
      expect(outcome.stderr).toMatch(/migrations\/20260102000000_bad\.sql:3:\d+/);
      const [line = "", caret = ""] = outcome.stderr.split("\n").filter((text) => /^ +\d* \| /.test(text));
      expect(line).toContain("3 |   ADD COLUM note text;");
      expect(caret.indexOf("^")).toBeGreaterThanOrEqual(line.indexOf("ADD"));
    }
    const { document } = await project.json<StoredError>(["plan", "bad"]);
    expect(document.details).toMatchObject({ file: "migrations/20260102000000_bad.sql", line: 3 });
    expect((await project.json<StatusDocument>(["status", "bad"])).document.migrations[0]?.state).toBe("pending");
  });

  test("an unknown directive comes with its place", async () => {
    project.migration("20260102000000_bad", "-- Bad.\n-- shoofly:dwon 1\nALTER TABLE users ADD COLUMN a int;\n");
    const outcome = await project.run(["plan", "bad"]);
    expectFailure(outcome, "unknown-directive", 2);
    expect(outcome.stderr).toContain("migrations/20260102000000_bad.sql:2:");
  });

  test("an expression that names nothing is refused before anything runs", async () => {
    project.migration(
      "20260102000000_bad",
      "-- Bad.\n-- shoofly:down nme\nALTER TABLE users ALTER COLUMN name TYPE varchar(80);\n",
    );
    const outcome = await project.run(["plan", "bad"]);
    expectFailure(outcome, "expression-invalid", 4);
    expect(outcome.stderr).toContain("migrations/20260102000000_bad.sql:");
  });

  describe("files and the journal", () => {
    beforeEach(async () => {
      await project.run(["init"]);
      await project.run(["start", "add_note"]);
      await project.run(["complete", "add_note", "--confirm", "add_note"]);
      project.migration("20260103000000_next", "ALTER TABLE users ADD COLUMN next text;");
    });

    const expectSettled = async (name: string, code: string): Promise<void> => {
      const refused = await project.run(["start", "next"]);
      expectFailure(refused, code, 4);
      expect(refused.stderr).toContain(`shoofly doctor --accept ${name} --reason`);
      expectFailure(await project.run(["plan", "next"]), code, 4);
      const sick = await project.json<DoctorDocument>(["doctor"]);
      expect(sick.code).toBe(4);
      expect(sick.document.checks.filter((check) => check.level === "failed").map((check) => check.check)).toEqual([
        "history",
      ]);
      expectFailure(await project.run(["doctor", "--accept", name]), "usage", 2);
      const accepted = await project.json<DoctorDocument>(["doctor", "--accept", name, "--reason", "tested by hand"]);
      expect(accepted.code).toBe(0);
      expect((await project.run(["plan", "next"])).code).toBe(0);
    };

    test("an edited file", async () => {
      project.migration("20260101000000_add_note", `${addNote}-- edited\n`);
      await expectSettled("20260101000000_add_note", "checksum-mismatch");
      project.migration("20260101000000_add_note", `${addNote}-- edited once more\n`);
      expectFailure(await project.run(["plan", "next"]), "checksum-mismatch", 4);
    });

    test("other line ends are no edit", async () => {
      project.migration("20260101000000_add_note", addNote.replaceAll("\n", "\r\n"));
      expect((await project.run(["plan", "next"])).code).toBe(0);
    });

    test("a missing file", async () => {
      rmSync(join(project.directory, "migrations/20260101000000_add_note.sql"));
      await expectSettled("20260101000000_add_note", "applied-file-missing");
    });

    test("a file that sorts before an applied one", async () => {
      project.migration("20251231000000_early", "ALTER TABLE users ADD COLUMN early text;");
      await expectSettled("20251231000000_early", "out-of-order");
    });

    test("nothing to accept", async () => {
      expectFailure(await project.run(["doctor", "--accept", "add_note", "--reason", "x"]), "wrong-state", 4);
    });
  });

  describe("saved plans", () => {
    beforeEach(async () => {
      await project.run(["init"]);
    });

    test("a plan that still fits is run; one for another shape, another text or another migration is refused", async () => {
      expect((await project.run(["plan", "add_note", "-o", "p.json"])).code).toBe(0);
      const client = await database.connect();
      await client.query("ALTER TABLE users ADD COLUMN other int");
      expectFailure(await project.run(["start", "add_note", "--plan", "p.json"]), "plan-stale", 4);
      await client.query("ALTER TABLE users DROP COLUMN other");
      project.migration("20260101000000_add_note", `${addNote}-- more\n`);
      expectFailure(await project.run(["start", "add_note", "--plan", "p.json"]), "plan-stale", 4);
      expect((await project.json<StatusDocument>(["status", "add_note"])).document.migrations[0]?.state).toBe(
        "pending",
      );
      project.migration("20260101000000_add_note", addNote);
      const started = await project.json<StatusDocument>(["start", "add_note", "--plan", "p.json"]);
      expect(started).toMatchObject({ code: 0, document: { migrations: [{ state: "ready" }] } });
    });

    test("what is no plan", async () => {
      const file = join(project.directory, "p.json");
      expectFailure(await project.run(["start", "add_note", "--plan", "none.json"]), "usage", 2);
      writeFileSync(file, "{");
      expectFailure(await project.run(["start", "add_note", "--plan", "p.json"]), "usage", 2);
      writeFileSync(file, '{"schema":"shoofly.plan/1"}');
      expectFailure(await project.run(["start", "add_note", "--plan", "p.json"]), "usage", 2);
      project.migration("20260102000000_other", "ALTER TABLE users ADD COLUMN other text;");
      await project.run(["plan", "other", "-o", "p.json"]);
      const outcome = await project.run(["start", "add_note", "--plan", "p.json"]);
      expectFailure(outcome, "usage", 2);
      expect(flat(outcome)).toContain("the plan of 20260102000000_other, not of 20260101000000_add_note");
    });
  });
});

describe.each(servers)("roles, runners and poolers on $name", (server) => {
  beforeEach(async () => await prepare(server));
  afterEach(dispose);

  test("two runners: the second is told who holds the lease, exit code 9", async () => {
    await project.run(["init"]);
    const client = await database.connect();
    await client.query("BEGIN; LOCK TABLE users IN ACCESS SHARE MODE");
    const first = project.begin(["start", "add_note"]);
    await expect
      .poll(async () => (await project.json<StatusDocument>(["status", "add_note"])).document.migrations[0]?.state)
      .not.toBe("pending");
    const second = await project.run(["start", "add_note"]);
    expectFailure(second, "runner-active", 9);
    expect(second.stderr).toContain(`process ${first.process.pid}`);
    await client.query("COMMIT");
    expect((await first.ended).code).toBe(0);
  });

  test("a role without rights is told which ones it lacks", async () => {
    const role = await database.createRole();
    const url = database.urlAs(role);
    const outcome = await project.run(["init", "--db", url]);
    expectFailure(outcome, "privilege-missing", 4);
    expect(outcome.stderr).toContain(`GRANT CREATE ON DATABASE ${database.name} TO ${role}`);
    const { code, document } = await project.json<DoctorDocument>(["doctor", "--db", url]);
    expect(code).toBe(4);
    const remedies = document.checks.filter((check) => check.check === "privileges").flatMap((check) => check.remedies);
    expect(remedies).toContain(`GRANT CREATE ON DATABASE ${database.name} TO ${role};`);
    expect(remedies.some((remedy) => /^GRANT \S+ TO /.test(remedy) && !remedy.includes(" ON "))).toBe(true);
  });

  test("a read-only server is named, and start changes nothing", async () => {
    await project.run(["init"]);
    const client = await database.connect();
    await client.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    expectFailure(await project.run(["start", "add_note"]), "read-only-server", 4);
    const { code, document } = await project.json<DoctorDocument>(["doctor"]);
    expect(code).toBe(4);
    const [finding] = document.checks.filter((check) => check.level === "failed");
    expect(finding).toMatchObject({ check: "writable" });
    expect(finding?.remedies.join("\n")).toContain("default_transaction_read_only = off");
  });

  test.skipIf(isPgbouncerSkipped)("a pooler in transaction mode is found by doctor and refused by start", async () => {
    await using pooler = await startPgbouncer(database.url);
    await project.run(["init"]);
    const { code, document } = await project.json<DoctorDocument>(["doctor", "--db", pooler.url]);
    expect(code).toBe(4);
    expect(document.checks.filter((check) => check.level === "failed").map((check) => check.check)).toEqual(["pooler"]);
    expectFailure(await project.run(["start", "add_note", "--db", pooler.url]), "pooler-in-between", 4);
    expect((await project.json<StatusDocument>(["status", "add_note"])).document.migrations[0]?.state).toBe("pending");
  });

  test.skipIf(isPgbouncerSkipped)("a pool in session mode is no hindrance", async () => {
    await using pooler = await startPgbouncer(database.url, { mode: "session" });
    expect((await project.json(["doctor", "--db", pooler.url])).code).toBe(0);
  });

  test("secrets of the URL show nowhere, whatever fails", async () => {
    const url = new URL(database.url);
    url.password = "hunter22-secret";
    await project.run(["init"]);
    project.migration("20260102000000_bad", "ALTER TABEL users;");
    for (const words of [
      ["plan", "bad"],
      ["start", "nope"],
      ["complete", "add_note"],
      ["purge", "add_note", "--confirm", "x"],
      ["status", "--schema", "none"],
      ["doctor", "--schema", "none"],
    ]) {
      for (const extra of [[], ["--json"], ["--debug", "-v"]]) {
        const outcome = await project.run([...words, ...extra, "--db", url.href]);
        expect(outcome.stdout + outcome.stderr).not.toContain("hunter22");
      }
    }
  });
});
