// Throw-away servers: they start (also as root), come back after a crash, and never outlive the process that asked for them.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { startServer } from "../../src/shadow/server.ts";
import { waitUntil } from "../support/wait-until.ts";

test("a server answers, with its settings, and is gone after stop", async () => {
  const server = await startServer({ settings: { work_mem: "5MB", cluster_name: "it's ours" } });
  const { rows } = await query(
    server.url,
    "select current_setting('work_mem') as mem, current_setting('cluster_name') as name, current_setting('fsync') as fsync",
  );
  expect(rows).toEqual([{ mem: "5MB", name: "it's ours", fsync: "off" }]);
  expect(server.version).toBe(18);

  await server.stop();
  await server.stop();
  expect(existsSync(dirname(server.logFile))).toBe(false);
  await expect(query(server.url, "select 1")).rejects.toThrow("ECONNREFUSED");
});

test.each(["fast", "immediate"] as const)("a restart (%s) keeps port and data", async (mode) => {
  const server = await startServer({ durable: true });
  try {
    await query(server.url, "create table kept as select 1 as id");
    await server.restart(mode);
    expect((await query(server.url, "select id from kept")).rows).toEqual([{ id: 1 }]);
    expect((await query(server.url, "show fsync")).rows).toEqual([{ fsync: "on" }]);
  } finally {
    await server.stop();
  }
});

test("a server that cannot start says why with the end of its log", async () => {
  const start = startServer({ settings: { shared_buffers: "no such amount" } });
  await expect(start).rejects.toThrow(/did not start\. The end of its log:[\s\S]*shared_buffers/);
});

test("a directory without binaries is named", async () => {
  await expect(startServer({ binaries: "/nowhere" })).rejects.toThrow("There is no PostgreSQL server in /nowhere");
});

test("when the parent is killed, server and directory are gone", async () => {
  const parent = spawn(process.execPath, [join(import.meta.dirname, "../support/server-holder.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { url, directory } = await firstLine(parent.stdout);
  expect((await query(url, "select 1 as one")).rows).toEqual([{ one: 1 }]);

  parent.kill("SIGKILL");
  await waitUntil(() => !existsSync(directory), 10_000, `${directory} is removed`);
  await expect(query(url, "select 1")).rejects.toThrow("ECONNREFUSED");
});

async function query(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<{ url: string; directory: string }> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return JSON.parse(text) as { url: string; directory: string };
}
