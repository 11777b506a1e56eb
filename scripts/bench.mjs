// `npm run bench [-- NAME [ARGUMENTS]]`: builds, then runs one benchmark, or all of them.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(join(root, "bench"))
  .filter((file) => file.endsWith(".mjs") && file !== "performance-table.mjs")
  .map((file) => file.slice(0, -".mjs".length));
const wanted = name === undefined ? names : [name];
if (!wanted.every((each) => names.includes(each))) {
  console.error(`There is no benchmark ${name}; there are: ${names.join(", ")}.`);
  process.exit(2);
}
const run = (...words) => spawnSync(process.execPath, words, { cwd: root, stdio: "inherit" }).status ?? 1;
if (run("scripts/build.mjs") !== 0) process.exit(1);
for (const each of wanted) if (run(`bench/${each}.mjs`, ...rest) !== 0) process.exitCode = 1;
