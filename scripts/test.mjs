// `npm test`: builds, sees to the servers, runs every test; the last line is `N passed, N failed`, the exit code is kept.
// Arguments go to vitest, for example `npm test -- test/shadow`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const needed = ["/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/15/bin/pg_dump", "/usr/sbin/pgbouncer"];

function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
}

function areServersMissing() {
  return needed.some((file) => !existsSync(file));
}

/** True when the tests must do without Debian's servers. */
function mustSkipServers() {
  if (process.env.SHOOFLY_SKIP_PG15 === "1") return true;
  const isRootOnDebian = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (areServersMissing() && isRootOnDebian) run("bash", ["scripts/install-servers.sh"]);
  if (!areServersMissing()) return false;
  console.log(
    "PostgreSQL 15 or pgbouncer is missing, so their tests are skipped; on Debian 12, `sudo bash scripts/install-servers.sh` installs them.",
  );
  return true;
}

function finish(passed, failed, skipped, status) {
  if (skipped > 0) console.log(`${skipped} skipped`);
  // A fault outside of any test (an unhandled rejection, a set-up that failed) is a failure too, and so is an empty run.
  const isFaulty = status !== 0 || passed === 0;
  console.log(`${passed} passed, ${isFaulty ? Math.max(failed, 1) : failed} failed`);
  process.exit(isFaulty ? status || 1 : 0);
}

/** Every supported major of PostgreSQL, for the tests of the shadow server: a package of its own that users never install. */
function installMajors() {
  const directory = join(root, "test/servers");
  const wanted = readFileSync(join(directory, "package-lock.json"), "utf8");
  const stamp = join(directory, "node_modules/.installed-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return 0;
  const status = run("npm", ["ci", "--prefix", directory, "--no-audit", "--no-fund", "--ignore-scripts"]);
  if (status === 0) writeFileSync(stamp, wanted);
  return status;
}

if (run("node", ["scripts/build.mjs"]) !== 0) finish(0, 1, 0, 1);
if (installMajors() !== 0) finish(0, 1, 0, 1);

const directory = mkdtempSync(join(tmpdir(), "shoofly-report-"));
const report = join(directory, "report.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const env = mustSkipServers() ? { ...process.env, SHOOFLY_SKIP_PG15: "1" } : process.env;
const status = run("node_modules/.bin/vitest", ["run", ...reporters, ...process.argv.slice(2)], env);
const result = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : null;
rmSync(directory, { recursive: true, force: true });

if (result === null) finish(0, 1, 0, status || 1);
// A file that cannot be loaded has no tests to fail; it counts as one.
const unloaded = result.testResults.filter(
  (file) => file.status === "failed" && file.assertionResults.length === 0,
).length;
finish(result.numPassedTests, result.numFailedTests + unloaded, result.numPendingTests + result.numTodoTests, status);
