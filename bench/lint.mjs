// `npm run bench -- lint [FILES] [ROUNDS]`: the whole process over generated migrations, against squawk on the same files, alternating.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, saveResult } from "./performance-table.mjs";

const count = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 7);
const root = join(import.meta.dirname, "..");
const cli = join(root, "dist/cli.js");
const squawk = join(root, `test/servers/node_modules/@squawk-cli/linux-${process.arch}/bin/squawk`);
if (!existsSync(squawk)) {
  console.error("squawk is missing: npm ci --prefix test/servers --ignore-scripts");
  process.exit(2);
}

/** Four kinds of migrations in turn, on tables of their own: what a project writes in a year, not what is worst for somebody. */
function migration(index) {
  const table = `shop_${Math.floor(index / 4)}`;
  const old = `legacy_${Math.floor(index / 4)}`;
  const kinds = [
    `CREATE TABLE ${table} (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  name text NOT NULL,\n  price int,\n  created_at timestamptz NOT NULL DEFAULT now()\n);\nCREATE INDEX ${table}_name ON ${table} (name);`,
    `ALTER TABLE ${table} ADD COLUMN region text;\nALTER TABLE ${old} ALTER COLUMN name SET NOT NULL;`,
    `CREATE INDEX CONCURRENTLY ${table}_region ON ${table} (region);\nALTER TABLE ${old} ALTER COLUMN price TYPE bigint;`,
    `ALTER TABLE ${old} ADD CONSTRAINT ${old}_price CHECK (price > 0) NOT VALID;\nALTER TABLE ${old} VALIDATE CONSTRAINT ${old}_price;\nUPDATE ${old} SET region = 'eu' WHERE region IS NULL;`,
  ];
  return `-- Change ${index}.\n${kinds[index % kinds.length]}\n`;
}

function milliseconds(command, words) {
  const started = performance.now();
  const { error, status } = spawnSync(command, words, { stdio: ["ignore", "ignore", "ignore"] });
  if (error !== undefined || status === null) throw error ?? new Error(`${command} was ended`);
  return performance.now() - started;
}

const directory = mkdtempSync(join(tmpdir(), "shoofly-bench-lint-"));
try {
  const files = Array.from({ length: count }, (_, index) => {
    const file = join(directory, `${20260101000000 + index}_change.sql`);
    writeFileSync(file, migration(index));
    return file;
  });
  const sides = {
    shoofly: () => milliseconds(process.execPath, [cli, "lint", directory, "--format", "gcc"]),
    squawk: () => milliseconds(squawk, files),
    oneFile: () => milliseconds(process.execPath, [cli, "lint", files[1], "--format", "gcc"]),
  };
  const times = { shoofly: [], squawk: [], oneFile: [] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? Object.keys(sides) : Object.keys(sides).toReversed();
    for (const side of order) times[side].push(Math.round(sides[side]()));
    console.log(
      `round ${round + 1}: ${Object.keys(sides)
        .map((side) => `${side} ${times[side].at(-1)} ms`)
        .join(", ")}`,
    );
  }
  const ratio = Number((median(times.shoofly) / median(times.squawk)).toFixed(2));
  const { stdout } = spawnSync(squawk, ["--version"], { encoding: "utf8" });
  const result = {
    name: "lint",
    command: `npm run bench -- lint ${count} ${rounds}`,
    against: stdout.trim(),
    node: process.version,
    files: count,
    rounds,
    milliseconds: times,
    ratio,
    goal: 2,
    oneFileMs: median(times.oneFile),
    oneFileGoalMs: 250,
    at: new Date().toISOString(),
  };
  saveResult({
    ...result,
    row: [
      `\`${result.command}\``,
      `${median(times.shoofly)} ms for ${count.toLocaleString("en-US")} files, ${result.oneFileMs} ms for one (goal ≤ 250 ms)`,
      `${result.against}: ${median(times.squawk)} ms`,
      String(ratio),
      "≤ 2",
      `Node ${process.version}, 2 cores`,
    ],
  });
  console.log(`ratio ${ratio} (goal ${result.goal}), one file ${result.oneFileMs} ms (goal ${result.oneFileGoalMs})`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
