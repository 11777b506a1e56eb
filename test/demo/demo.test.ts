// The demo in small: the same path, one document, no failed statement, nothing left behind.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { demoDocument } from "../../src/documents/answers.ts";

const cli = join(import.meta.dirname, "../../dist/cli.js");

test("a hundred thousand rows, two rounds, a rollback in the middle", { timeout: 120_000 }, () => {
  const run = spawnSync(process.execPath, [cli, "demo", "--rows", "100000", "--json"], {
    encoding: "utf8",
    timeout: 110_000,
  });
  expect(run.status, run.stderr).toBe(0);
  const document = demoDocument.parse(JSON.parse(run.stdout));
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
