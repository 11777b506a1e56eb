// The demo in small: the same path, one document, no failed statement, nothing left behind; on a server of the user's own, too.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { demoDocument } from "../../src/documents/answers.ts";
import { cliProject, expectDocument } from "../support/cli.ts";
import { servers } from "../support/database.ts";

const cli = join(import.meta.dirname, "../../dist/cli.js");

test("a hundred thousand rows, two rounds, a rollback in the middle", { timeout: 120_000 }, () => {
  const run = spawnSync(process.execPath, [cli, "demo", "--rows", "100000", "--json"], {
    encoding: "utf8",
    timeout: 110_000,
  });
  expect(run.status, run.stderr).toBe(0);
  const document = demoDocument.parse(JSON.parse(run.stdout));
  expectDocument(document);
  expect(document).toMatchObject({
    rows: 100_000,
    failedStatements: 0,
    mismatched: 0,
    states: [
      "ready",
      "completed",
      "purged",
      "ready",
      "completed",
      "ready",
      "rolled-back",
      "ready",
      "completed",
      "purged",
    ],
  });
  expect(document.statements).toBeGreaterThan(5000);
});

const own = servers.at(-1);

test(
  `through DATABASE_URL and --db on ${own?.name}: plain lines in a pipe, and a reader that leaves`,
  { timeout: 120_000 },
  async () => {
    using project = cliProject(own?.url);
    const whole = await project.run(["demo", "--rows", "10000", "--rounds", "1"]);
    expect(whole.code, whole.stderr).toBe(0);
    const text = whole.stdout + whole.stderr;
    expect(text).toContain(`PostgreSQL ${own?.version}.`);
    for (const said of ["✓ 0 failed statements of ", "slowest wait", "rows/s", "shoofly init", "0 mismatched"])
      expect(text).toContain(said);
    expect(text).not.toContain("\u001B");
    const cut = await project.run([], {
      shell: "set +o pipefail; $SHOOFLY demo --db $DATABASE_URL --rows 10000 --rounds 1 2>/dev/null | head -1",
    });
    expect(cut).toMatchObject({ code: 0, stderr: "" });
    expect(cut.stdout).toMatch(/^✓ 0 failed statements of [\d,]+\n$/);
  },
);
