// The commands that tell: history and show from the journal, explain and completion without any database, migrate for all files.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorCodes } from "../../src/core/error.ts";
import { migrationStates } from "../../src/core/state.ts";
import type { ExplainDocument } from "../../src/documents/explain.ts";
import type { HistoryDocument, ShowDocument } from "../../src/documents/history.ts";
import type { StatusDocument } from "../../src/documents/status.ts";
import { cliProject, expectFailure, type CliProject } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const [server] = servers;
if (server === undefined) throw new Error("no server");

describe("history and show", () => {
  const name = "20260101000000_note";
  let database: TestDatabase;
  let project: CliProject;
  beforeAll(async () => {
    database = await createDatabase(server);
    const client = await database.connect();
    await client.query("CREATE TABLE products (id int PRIMARY KEY)");
    project = cliProject(database.url);
    project.migration(name, "-- A note.\nALTER TABLE products ADD COLUMN note text;\n");
    await project.run(["init"]);
  });
  afterAll(async () => {
    project[Symbol.dispose]();
    await database.drop();
  });

  test("show of a file that was never started has no plan and no log", async () => {
    const { document } = await project.json<ShowDocument>(["show", "note"]);
    expect(document).toMatchObject({ migration: { name, state: "pending" }, plan: null, entries: [] });
  });

  test("every change is there with who and when, oldest first", async () => {
    await project.run(["start", name]);
    await project.run(["rollback", name, "--confirm", name]);
    const { document } = await project.json<HistoryDocument>(["history"]);
    const words = document.entries.map((entry) => entry.what);
    expect(words[0]).toBe("baseline recorded");
    expect(words).toContain("plan recorded");
    expect(
      document.entries.filter((entry) => entry.what === "state changed").map((entry) => entry.detail["to"]),
    ).toEqual(expect.arrayContaining(["ready", "rolling-back", "rolled-back"]));
    for (const { at, by } of document.entries) {
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(by).not.toBe("");
    }
    const last = await project.json<HistoryDocument>(["history", "note", "--limit", "2"]);
    expect(last.document.entries).toEqual(document.entries.slice(-2));
    const { stdout } = await project.run(["history"]);
    expect(stdout).toMatch(/TIME \(UTC\).*MIGRATION.*WHO.*WHAT/);
  });

  test("show has the steps, the plan and the log of one migration", async () => {
    const { document } = await project.json<ShowDocument>(["show", "note"]);
    expect(document.migration.state).toBe("rolled-back");
    expect(document.plan?.steps.map((step) => step.id)).toEqual(document.migration.steps.map((step) => step.id));
    expect(document.entries.every((entry) => entry.migration === name)).toBe(true);
    const { stdout } = await project.run(["show", "note"]);
    for (const step of document.migration.steps) expect(stdout).toContain(step.id);
  });

  test("a limit that is none is refused", async () => {
    expectFailure(await project.run(["history", "--limit", "0"]), "usage", 2);
  });
});

describe("explain", () => {
  const project = cliProject();
  afterAll(() => project[Symbol.dispose]());

  test("every error code, state, operation and hazard has a page, without a database", async () => {
    const { document } = await project.json<ExplainDocument>(["explain"]);
    const operations = readdirSync(join(import.meta.dirname, "../../src/operations"), { withFileTypes: true });
    const hazards = readdirSync(join(import.meta.dirname, "../../src/planner/hazards"));
    expect(document.codes).toEqual(
      expect.arrayContaining([
        ...Object.keys(errorCodes),
        ...migrationStates,
        ...operations.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
        ...hazards.map((file) => file.replace(/\.md$/, "")),
      ]),
    );
  });

  test.each([
    ["lock-timeout", "error", "**What to do**"],
    ["set-not-null", "operation", "## What we do instead"],
    ["base-table-prepared", "hazard", "cached plan"],
    ["completed", "state", "rollback still works"],
  ])("%s", async (code, kind, words) => {
    const { document } = await project.json<ExplainDocument>(["explain", code]);
    expect(document).toMatchObject({ code, kind });
    expect(document.text).toContain(words);
  });

  test("an unknown word names the nearest", async () => {
    const outcome = await project.run(["explain", "lock-timout"]);
    expectFailure(outcome, "usage", 2);
    expect(outcome.stderr).toContain("shoofly explain lock-timeout");
  });
});

describe("completion", () => {
  const project = cliProject();
  afterAll(() => project[Symbol.dispose]());
  project.migration("20260101000000_note", "-- A note.\nSELECT 1;\n");

  async function completed(words: readonly string[]): Promise<string[]> {
    const { stdout } = await project.run(["completion", "bash"]);
    const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})\nCOMP_CWORD=${words.length - 1}\n_shoofly\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", script], { cwd: project.directory, encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  }

  test("bash completes commands, options and the names of migration files", async () => {
    expect(await completed(["shoofly", "co"])).toEqual(["complete", "completion"]);
    expect(await completed(["shoofly", "start", "--un"])).toEqual(["--until"]);
    expect(await completed(["shoofly", "start", "2026"])).toEqual(["20260101000000_note"]);
    expect(await completed(["shoofly", "doctor", "2026"])).toEqual([]);
  });

  test.each(["bash", "zsh", "fish"])("%s gets every command", async (shell) => {
    const { stdout } = await project.run(["completion", shell]);
    for (const word of ["start", "complete", "rollback", "purge", "verify", "history"]) expect(stdout).toContain(word);
  });

  test("another shell is refused", async () => {
    expectFailure(await project.run(["completion", "cmd"]), "usage", 2);
  });
});

describe.each(servers)("migrate on $name", (on) => {
  const files: readonly (readonly [string, string])[] = [
    [
      "20260101000000_first",
      "-- Prices get cents.\n-- shoofly:down (price * 100)::int\nALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;\n",
    ],
    ["20260102000000_second", "-- A name for the column.\nALTER TABLE products RENAME COLUMN price TO amount;\n"],
    ["20260103000000_third", "-- A note.\nALTER TABLE products ADD COLUMN note text;\n"],
  ];

  async function prepared(): Promise<{ database: TestDatabase; project: CliProject }> {
    const database = await createDatabase(on);
    const client = await database.connect();
    await client.query("CREATE TABLE products (id int PRIMARY KEY, price int); INSERT INTO products VALUES (1, 250)");
    await client.end();
    const project = cliProject(database.url);
    for (const [name, sql] of files) project.migration(name, sql);
    await project.run(["init"]);
    return { database, project };
  }

  test("all pending files are done and purged when nobody else is there; a second call does nothing", async () => {
    const { database, project } = await prepared();
    const { code, document } = await project.json<StatusDocument>(["migrate"]);
    expect(code).toBe(0);
    expect(document.migrations.map((entry) => entry.state)).toEqual(["purged", "purged", "purged"]);
    expect((await project.json<StatusDocument>(["migrate"])).document).toEqual(document);
    const client = await database.connect();
    expect((await client.query("SELECT amount::text, note FROM products")).rows).toEqual([
      { amount: "2.50", note: null },
    ]);
    project[Symbol.dispose]();
    await database.drop();
  });

  test("another session keeps the old shapes; --to stops early; an interrupted one goes on", async () => {
    const { database, project } = await prepared();
    const client = await database.connect();
    await client.query("SELECT 1");
    expect((await project.run(["start", "first"], { env: { SHOOFLY_CRASH_AT: "step:after-commit" } })).signal).toBe(
      "SIGKILL",
    );
    const partly = await project.json<StatusDocument>(["migrate", "--to", "second"]);
    expect(partly.code, JSON.stringify(partly.document)).toBe(0);
    expect(partly.document.migrations.map((entry) => entry.state)).toEqual(["completed", "completed", "pending"]);
    await client.end();
    const { document } = await project.json<StatusDocument>(["migrate"]);
    expect(document.migrations.map((entry) => entry.state)).toEqual(["purged", "purged", "purged"]);
    project[Symbol.dispose]();
    await database.drop();
  });

  test("purging the second of two takes the first along", async () => {
    const { database, project } = await prepared();
    const client = await database.connect();
    await project.run(["migrate", "--to", "second"]);
    const { code, document } = await project.json<StatusDocument>([
      "purge",
      "second",
      "--confirm",
      "20260102000000_second",
    ]);
    expect(code).toBe(0);
    expect(document.migrations[0]?.state).toBe("purged");
    const first = await project.json<StatusDocument>(["status", "first"]);
    expect(first.document.migrations[0]?.state).toBe("purged");
    await client.end();
    project[Symbol.dispose]();
    await database.drop();
  });
});
