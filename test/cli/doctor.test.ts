// `shoofly doctor`: what it finds, what it says to type, and that it changes nothing by itself.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DoctorDocument, DoctorFinding } from "../../src/documents/answers.ts";
import { expectFailure, cliProject, type CliProject } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const [server] = servers;
if (server === undefined) throw new Error("no server");

let database: TestDatabase;
let project: CliProject;
beforeEach(async () => {
  database = await createDatabase(server);
  const client = await database.connect();
  await client.query("CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a'), (2, 'a')");
  project = cliProject(database.url);
});
afterEach(async () => {
  project[Symbol.dispose]();
  await database.drop();
});

async function troubles(words: readonly string[] = []): Promise<readonly DoctorFinding[]> {
  const { code, document } = await project.json<DoctorDocument>(["doctor", ...words]);
  expect(code).toBe(document.healthy ? 0 : 4);
  expect(document.healthy).toBe(document.checks.every((check) => check.level !== "failed"));
  return document.checks.filter((check) => check.level !== "ok");
}

const kindsOf = (findings: readonly DoctorFinding[]): Set<string> =>
  new Set(findings.map((finding) => finding.message.split(" ")[0] ?? ""));

test("a sound database: every check is reported, exit code 0", async () => {
  const { code, document } = await project.json<DoctorDocument>(["doctor"]);
  expect(code).toBe(0);
  expect(document.checks.map((check) => check.check)).toEqual([
    "reachable",
    "server-version",
    "writable",
    "pooler",
    "privileges",
    "journal",
    "rewrite-guard",
    "runner",
    "history",
    "identifiers",
    "leftovers",
    "invalid-indexes",
    "transactions",
  ]);
});

test("a server that does not answer is a finding, exit code 4", async () => {
  const { code, document } = await project.json<DoctorDocument>([
    "doctor",
    "--db",
    "postgres://u:hunter22@127.0.0.1:1/x",
  ]);
  expect(code).toBe(4);
  expect(document).toMatchObject({ database: null, checks: [{ check: "reachable", level: "failed" }] });
  expect(JSON.stringify(document)).not.toContain("hunter22");
});

test("idle and prepared transactions are named with what to type", async () => {
  const idle = await database.connect({ application_name: "web" });
  await idle.query("BEGIN; SELECT 1");
  const [session] = (await idle.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows;
  await expect
    .poll(async () => (await troubles()).map((finding) => finding.message).join("\n"), {
      timeout: 30_000,
      interval: 1000,
    })
    .toMatch(new RegExp(`pid ${session?.pid} \\(.*web\\) is idle in transaction`));
  const [finding] = await troubles();
  expect(finding).toMatchObject({ check: "transactions", level: "warning" });
  expect(finding?.remedies.join("\n")).toContain(`pg_terminate_backend(${session?.pid})`);
});

test("an invalid index is dropped by --fix, after its statement was shown and confirmed", async () => {
  const client = await database.connect();
  await expect(client.query("CREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name)")).rejects.toThrow(
    /could not create unique index/,
  );
  const [finding] = await troubles();
  expect(finding).toMatchObject({ check: "invalid-indexes", level: "warning" });
  expect(finding?.remedies).toContain("DROP INDEX CONCURRENTLY public.users_name;");
  const unconfirmed = await project.run(["doctor", "--fix"]);
  expectFailure(unconfirmed, "confirmation-missing", 2);
  expect(await troubles()).toHaveLength(1);
  const fixed = await project.run(["doctor", "--fix", "--confirm", database.name]);
  expect(fixed.code).toBe(0);
  expect(fixed.stderr).toContain("done: DROP INDEX CONCURRENTLY public.users_name;");
  expect(await troubles()).toEqual([]);
});

test("triggers, columns, indexes, functions and schemas that no live migration owns are leftovers", async () => {
  project.migration(
    "20260101000000_widen",
    "-- Wider.\n-- shoofly:up name || ''\n-- shoofly:down name\nALTER TABLE users ALTER COLUMN name TYPE varchar(90);\n",
  );
  await project.run(["init"]);
  const started = await project.run(["start", "widen"]);
  expect(started).toMatchObject({ code: 0 });
  expect(await troubles()).toEqual([]);
  const client = await database.connect();
  // As after a journal that was lost, or restored from before the start.
  await client.query("DELETE FROM shoofly.migrations");
  const found = await troubles();
  expect(found.every((finding) => finding.check === "leftovers" && finding.level === "failed")).toBe(true);
  expect(kindsOf(found)).toEqual(new Set(["column", "function", "schema", "trigger"]));
  const remedies = found.flatMap((finding) => finding.remedies);
  for (const kind of ["DROP TRIGGER", "DROP FUNCTION", "DROP SCHEMA", "DROP COLUMN"])
    expect(remedies.join("\n")).toContain(kind);

  const fixed = await project.run(["doctor", "--fix", "--confirm", database.name]);
  expect(fixed.code).toBe(4);
  expect(kindsOf(await troubles())).toEqual(new Set(["column", "schema"]));
});

test("a table of another owner", async () => {
  const owner = await database.createRole();
  const client = await database.connect();
  await client.query(`ALTER TABLE users OWNER TO ${owner}`);
  expect(await troubles()).toEqual([]);
  const other = await database.createRole();
  await client.query(
    `GRANT CREATE ON DATABASE ${database.name} TO ${other}; REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
  );
  const [first, ...rest] = await troubles(["--db", database.urlAs(other)]);
  expect(rest).toHaveLength(1);
  expect(first?.remedies).toEqual([`GRANT CREATE ON SCHEMA "public" TO ${other};`]);
  await client.query(`GRANT CREATE ON SCHEMA public TO ${other}`);
  const found = await troubles(["--db", database.urlAs(other)]);
  expect(found).toMatchObject([{ check: "privileges", level: "failed" }]);
  expect(found[0]?.remedies).toEqual([`GRANT ${owner} TO ${other};`]);
});

test("a file whose version schema would not fit", async () => {
  project.migration(`20260101000000_${"x".repeat(45)}`, "-- Long.\nSELECT 1;\n");
  expect(await troubles()).toMatchObject([{ check: "identifiers", level: "failed" }]);
});

test("a file that plan and start refuse keeps nobody from looking", async () => {
  project.migration("20260101000000_a", "-- A.\nSELECT 1;\n");
  project.migration("wrong", "-- B.\nSELECT 1;\n");
  expectFailure(await project.run(["plan", "a"]), "file-name", 2);
  expect(await troubles()).toMatchObject([
    { check: "identifiers", level: "failed", message: expect.stringContaining("wrong.sql") as string },
  ]);
  expect((await project.run(["status"])).code).toBe(0);
  expect((await project.run(["latest"])).stdout).toBe("public\n");
});
