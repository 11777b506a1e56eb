// `npm run bench -- backfill [ROWS] [ROUNDS]`: shoofly's fill of a numeric column against the best hand-written SQL, alternating on one server.
import pg from "pg";
import { connect } from "../dist/dialects/postgres/connect.js";
import { introspect } from "../dist/dialects/postgres/introspect.js";
import { runVerb } from "../dist/engine/run.js";
import { plan } from "../dist/planner/plan.js";
import { startServer } from "../dist/shadow/server.js";
import { median, saveResult } from "./performance-table.mjs";

const rows = Number(process.argv[2] ?? 3_000_000);
const rounds = Number(process.argv[3] ?? 5);
const settings = { shared_buffers: "2GB", max_wal_size: "8GB", checkpoint_timeout: "30min", wal_level: "logical" };

const tableSql = [
  `CREATE TABLE b (id bigserial PRIMARY KEY, customer_id int, status text, price int, note text, created_at timestamptz)`,
  `INSERT INTO b (customer_id, status, price, note, created_at)
   SELECT i % 100000, 'open', i % 100000, repeat('x', 64), timestamptz '2026-01-01' + i * interval '1 second' FROM generate_series(1, ${rows}) AS i`,
  `CREATE INDEX ON b (customer_id)`,
  `CREATE INDEX ON b (created_at)`,
];

async function query(url, ...statements) {
  const client = new pg.Client(url);
  await client.connect();
  for (const sql of statements) await client.query(sql);
  await client.end();
}

/** Two connections, 10,000 keys at a time, prepared. */
async function byHand(url) {
  await query(url, "ALTER TABLE b ADD COLUMN n numeric(10,2)");
  let next = 1;
  const started = performance.now();
  const worker = async () => {
    const client = new pg.Client(url);
    await client.connect();
    while (next <= rows) {
      const from = next;
      next += 10_000;
      await client.query({
        name: "fill",
        text: "UPDATE b SET n = price / 100.0 WHERE id >= $1 AND id < $2",
        values: [from, from + 10_000],
      });
    }
    await client.end();
  };
  await Promise.all([worker(), worker()]);
  return performance.now() - started;
}

/** `shoofly start` of the type change; the time of its backfill step. */
async function byShoofly(url) {
  const text =
    "-- bench\n-- shoofly:down (price * 100)::int\nALTER TABLE b ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;\n";
  let elapsedMs = 0;
  await runVerb({
    url,
    verb: "start",
    migration: "20260101000000_bench",
    makePlan: async (connection) => {
      const read = await introspect(connection, { schema: "public", currentVersion: "public" });
      return await plan({
        files: [{ name: "20260101000000_bench", file: "bench.sql", text, checksum: "sha256:bench" }],
        ...read,
      });
    },
    emit: (event) => {
      if (event.type === "step.finished" && event.phase === "backfill") elapsedMs = event.elapsedMs;
    },
    stop: new AbortController().signal,
    cancel: new AbortController().signal,
    crash: () => undefined,
    by: "bench",
  });
  return elapsedMs;
}

const server = await startServer({ durable: true, settings });
try {
  await query(server.url, "CREATE DATABASE seed");
  const seed = server.url.replace(/postgres$/, "seed");
  await query(seed, ...tableSql, "VACUUM (ANALYZE) b");
  const connection = await connect(server.url, { applicationName: "bench" });
  const [{ version }] = await connection.query(
    "SELECT split_part(current_setting('server_version'), ' ', 1) AS version",
  );
  await connection.close();
  const rates = { byHand: [], byShoofly: [] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, run] of round % 2 === 0
      ? [
          ["byShoofly", byShoofly],
          ["byHand", byHand],
        ]
      : [
          ["byHand", byHand],
          ["byShoofly", byShoofly],
        ]) {
      await query(server.url, "CREATE DATABASE work TEMPLATE seed", "CHECKPOINT");
      const elapsedMs = await run(server.url.replace(/postgres$/, "work"));
      await query(server.url, "DROP DATABASE work WITH (FORCE)");
      rates[name].push(Math.round((rows * 1000) / elapsedMs));
      console.log(`round ${round} ${name}: ${rates[name].at(-1).toLocaleString("en-US")} rows/s`);
    }
  }
  const ratio = median(rates.byShoofly) / median(rates.byHand);
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const result = {
    name: "backfill",
    command: `npm run bench -- backfill ${rows} ${rounds}`,
    server: `PostgreSQL ${version}`,
    node: process.version,
    rows,
    rounds,
    rowsPerSecond: rates,
    ratio: Number(ratio.toFixed(3)),
    goal: 0.95,
    peakRssMb: rssMb,
    at: new Date().toISOString(),
  };
  saveResult({
    ...result,
    row: [
      `\`${result.command}\``,
      `${median(rates.byShoofly).toLocaleString("en-US")} rows/s, peak ${rssMb} MB RSS with the benchmark itself`,
      `hand-written SQL, two connections, 10,000 keys a statement: ${median(rates.byHand).toLocaleString("en-US")} rows/s`,
      String(result.ratio),
      `≥ ${result.goal}`,
      `${result.server}, Node ${process.version}, 2 cores`,
    ],
  });
  console.log(`ratio ${result.ratio} (goal ${result.goal}), peak RSS ${rssMb} MB`);
} finally {
  await server.stop();
}
