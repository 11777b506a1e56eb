// The demo as a function, small, on the test servers: every check passed, and nothing left behind.
import pg from "pg";
import { describe, expect, test } from "vitest";
import { runDemo } from "../../src/demo/demo.ts";
import { demoDocument } from "../../src/documents/answers.ts";
import { servers } from "../support/database.ts";

const oneRound = "ready completed purged";

describe.each(servers)("the demo on $name", (server) => {
  // The way back is shown on version 18 by test/demo, on the embedded server; here it is shown on 15.
  const rounds = server.version >= 18 ? 1 : 2;

  test("ends clean", async () => {
    const notes: string[] = [];
    const result = await runDemo({
      rows: 20_000,
      rounds,
      url: server.url,
      note: (line) => void notes.push(line),
      emit: () => undefined,
      stop: new AbortController().signal,
      cancel: new AbortController().signal,
    });
    expect(result.firstFailures).toEqual([]);
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ failedStatements: 0, mismatched: 0, isClean: true, rows: 20_000 });
    expect(result.states.join(" ")).toBe(
      rounds === 1 ? oneRound : `${oneRound} ready completed ready rolled-back ${oneRound}`,
    );
    expect(result.statementsPerSecond).toBeGreaterThanOrEqual(500);
    expect(result.writes / (result.reads + result.writes)).toBeGreaterThanOrEqual(0.4);
    expect(demoDocument.safeParse(result).success).toBe(true);
    expect(notes.some((note) => note.startsWith("both versions write the same rows"))).toBe(true);
    expect(await demoDatabases(server.url)).toEqual([]);
  });

  test("a stop in the middle leaves nothing", async () => {
    const stop = new AbortController();
    const run = runDemo({
      rows: 20_000,
      rounds: 1,
      url: server.url,
      note: (line) => {
        if (line.startsWith("both versions")) stop.abort();
      },
      emit: () => undefined,
      stop: stop.signal,
      cancel: new AbortController().signal,
    });
    await expect(run).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|MigrationError/) as string });
    expect(await demoDatabases(server.url)).toEqual([]);
  });
});

async function demoDatabases(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)",
    [`shoofly_demo_${process.pid}_`],
  );
  await client.end();
  return rows.map(({ name }) => name);
}
