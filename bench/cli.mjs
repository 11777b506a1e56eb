// `npm run bench -- cli [TIMES]`: what `shoofly --help` costs over a bare Node, alternating, and the memory of a runner that fills tables of two sizes.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { median, saveResult } from "./performance-table.mjs";
import { startServer } from "../dist/shadow/server.js";

const times = Number(process.argv[2] ?? 9);
const sizes = [100_000, 2_000_000];
const goals = { overBareMs: 150, peakRssMb: 150 };
const root = join(import.meta.dirname, "..");
const cli = join(root, "dist/cli.js");

/** Time on the wall and of the processor. */
function cost(...words) {
  const quoted = [process.execPath, ...words].map((word) => `'${word}'`).join(" ");
  const { stderr, status } = spawnSync("bash", ["-c", `TIMEFORMAT='%3R %3U %3S'; time ${quoted} >/dev/null`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${quoted}: ${stderr}`);
  const [wall, user, system] = stderr
    .trim()
    .split(" ")
    .map((seconds) => Math.round(Number(seconds) * 1000));
  return { wallMs: wall, cpuMs: user + system };
}

/** The wall says what a person waits, the processor's time is what holds on a machine that does other things as well. */
function help() {
  const samples = { bare: [], help: [] };
  for (let round = 0; round < times; round += 1) {
    samples.bare.push(cost("-e", "0"));
    samples.help.push(cost(cli, "--help"));
  }
  const over = (unit) => median(samples.help.map((one) => one[unit])) - median(samples.bare.map((one) => one[unit]));
  return { samples, overBareWallMs: over("wallMs"), overBareCpuMs: over("cpuMs") };
}

/** Largest resident set of one `shoofly start` that fills a table of so many rows, as the kernel counted it. */
async function peakRssMb(rows) {
  const directory = mkdtempSync(join(tmpdir(), "shoofly-bench-"));
  const server = await startServer();
  try {
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(
      `CREATE TABLE b (id bigint PRIMARY KEY, price int); INSERT INTO b SELECT i, i % 1000 FROM generate_series(1, ${rows}) i; ANALYZE b`,
    );
    await client.end();
    mkdirSync(join(directory, "migrations"));
    writeFileSync(
      join(directory, "migrations/20260101000000_bench.sql"),
      "-- bench\n-- shoofly:down (price * 100)::int\nALTER TABLE b ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;\n",
    );
    const report = join(directory, "rss");
    const preload = join(directory, "report.mjs");
    writeFileSync(
      preload,
      `import { writeFileSync } from "node:fs";\nprocess.on("exit", () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));\n`,
    );
    const settings = { cwd: directory, env: { ...process.env, DATABASE_URL: server.url }, encoding: "utf8" };
    spawnSync(process.execPath, [cli, "init"], settings);
    const start = spawnSync(process.execPath, ["--import", preload, cli, "start", "bench"], settings);
    if (start.status !== 0) throw new Error(start.stderr);
    return Math.round(Number(readFileSync(report, "utf8")) / 1024);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const start = help();
console.log(
  `--help over bare Node: ${start.overBareCpuMs} ms of the processor, ${start.overBareWallMs} ms on the wall`,
);
const memory = [];
for (const rows of sizes) {
  memory.push({ rows, peakRssMb: await peakRssMb(rows) });
  console.log(`start over ${rows.toLocaleString("en-US")} rows: peak ${memory.at(-1).peakRssMb} MB RSS`);
}
const result = {
  name: "cli",
  command: `npm run bench -- cli ${times}`,
  node: process.version,
  times,
  ...start,
  memory,
  goals,
  load: loadavg()[0],
  at: new Date().toISOString(),
  row: [
    `\`npm run bench -- cli ${times}\``,
    `\`--help\` ${start.overBareCpuMs} ms of the processor over a bare Node, ${start.overBareWallMs} ms on the wall; \`start\` peaks at ${memory.map((one) => `${one.peakRssMb} MB RSS over ${one.rows.toLocaleString("en-US")} rows`).join(" and ")}`,
    "`node -e 0`, alternating",
    "–",
    `≤ ${goals.overBareMs} ms, < ${goals.peakRssMb} MB`,
    `PostgreSQL 18, Node ${process.version}, 2 cores at a load of ${loadavg()[0].toFixed(0)}`,
  ],
};
saveResult(result);
