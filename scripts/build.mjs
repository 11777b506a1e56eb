// src → dist: tsc, then the .sql and .md files that are read at run time; at last whatever has no source any more is removed.
// dist is never emptied, because tests of a parallel run may be using it.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");
const target = join(root, "dist");

function filesBelow(directory, accept) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && accept(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

function hasSource(file) {
  const stem = file.replace(/(\.d\.ts|\.js)(\.map)?$/, "");
  return stem === file ? existsSync(join(source, file)) : existsSync(join(source, `${stem}.ts`));
}

try {
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
} catch {
  process.exit(1); // tsc has printed why
}

// Cases of operations hold .sql too, but only tests read those. The pages are what `shoofly explain` prints.
const assets = filesBelow(source, (name) => /\.(sql|md)$/.test(name)).filter((file) => !file.includes("/cases/"));
for (const file of assets) cpSync(join(source, file), join(target, file));

for (const file of filesBelow(target, () => true)) {
  if (!hasSource(file)) rmSync(join(target, file), { force: true });
}
if (existsSync(join(target, "cli.js"))) chmodSync(join(target, "cli.js"), 0o755);
