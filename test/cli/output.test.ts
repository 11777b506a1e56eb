// What goes through pipes: everything, in one piece, and no crash when the reader leaves.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { expectDocument, cliProject, type CliProject } from "../support/cli.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";

const [server] = servers;
if (server === undefined) throw new Error("no server");

const tables = 120;
const name = "20260101000000_many";

let database: TestDatabase;
let project: CliProject;
beforeAll(async () => {
  database = await createDatabase(server);
  const client = await database.connect();
  const all = Array.from({ length: tables }, (_, index) => index);
  await client.query(all.map((index) => `CREATE TABLE t${index} (id int PRIMARY KEY, amount int)`).join(";"));
  project = cliProject(database.url);
  const changes = all.map(
    (index) =>
      `-- shoofly:down (amount * 100)::int\nALTER TABLE t${index} ALTER COLUMN amount TYPE numeric(10,2) USING amount / 100.0;\n`,
  );
  project.migration(name, `-- Many tables.\n${changes.join("")}`);
  await project.run(["init"]);
});
afterAll(async () => {
  project[Symbol.dispose]();
  await database.drop();
});

describe("large answers", () => {
  test("more than 300 kB arrive whole, also through a slow pipe", async () => {
    const outcome = await project.run([], { shell: "$SHOOFLY plan many --json | (sleep 1; cat)" });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout.length).toBeGreaterThan(300_000);
    const plan = JSON.parse(outcome.stdout) as Plan;
    expectDocument(plan);
    const saved = join(project.directory, `.shoofly/plans/${name}.json`);
    expect(JSON.parse(readFileSync(saved, "utf8"))).toEqual(plan);
    expect(statSync(saved).size).toBe(Buffer.byteLength(outcome.stdout));
  });

  test("the text of the plan names every step, whatever the width", async () => {
    const { stdout } = await project.run(["plan", "many"]);
    for (let index = 0; index < tables; index += 1) expect(stdout).toContain(`public.t${index} `);
    const longest = Math.max(...stdout.split("\n").map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(125);
  });

  test("--sql prints every statement and its undo", async () => {
    const { stdout } = await project.run(["plan", "many", "--sql"]);
    const { document } = await project.json<Plan>(["plan", "many"]);
    for (const step of document.steps) {
      expect(stdout).toContain(`${step.id}: ${step.title}`);
      for (const sql of step.sql) expect(stdout).toContain(sql.trimEnd());
    }
  });

  test("--report writes a Markdown document, and says so on stderr only", async () => {
    const { stdout, stderr } = await project.run(["plan", "many", "--report", "out/report.md", "--json"]);
    expectDocument(JSON.parse(stdout));
    expect(stderr).toBe("report written to out/report.md\n");
    const report = readFileSync(join(project.directory, "out/report.md"), "utf8");
    for (const heading of ["Summary", "What changes", "Steps", "Hazards", "Going back", "Statements"])
      expect(report).toContain(`## ${heading}\n`);
    expect(report).toContain("(point of no return)");
  });
});

describe("a reader that leaves", () => {
  test.each(["plan many", "plan many --json", "plan many --sql", "status", "--help"])(
    "%s | head -1 ends quietly",
    async (words) => {
      const outcome = await project.run([], { shell: `set +o pipefail; $SHOOFLY ${words} | head -1` });
      expect(outcome).toMatchObject({ code: 0, stderr: "" });
      expect(outcome.stdout.split("\n")).toHaveLength(2);
    },
  );

  test("a run goes on when its stderr is closed", async () => {
    project.migration("20251231000000_small", "-- Small.\nALTER TABLE t0 ADD COLUMN note text;\n");
    const outcome = await project.run([], { shell: "$SHOOFLY start small --json 2> >(head -c 1 > /dev/null)" });
    expect(outcome.code).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ migrations: [{ state: "ready" }] });
  });
});
