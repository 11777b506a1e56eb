// The command line without a database: help, mistakes, configuration, colours, speed.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredError } from "../../src/core/record.ts";
import { toolVersion } from "../../src/core/version.ts";
import { expectFailure, cliPath, cliProject, type CliProject } from "../support/cli.ts";

let project: CliProject;
beforeEach(() => {
  project = cliProject();
});
afterEach(() => project[Symbol.dispose]());

const verbs = [
  "init",
  "new",
  "plan",
  "lint",
  "start",
  "status",
  "complete",
  "rollback",
  "purge",
  "abort",
  "latest",
  "doctor",
  "demo",
];

describe("help", () => {
  test("lists every command; each has its own help with the options that all take", async () => {
    const { code, stdout, stderr } = await project.run(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^  ${verb} `, "m"));
    for (const verb of verbs) {
      const help = await project.run([verb, "--help"]);
      expect(help.code).toBe(0);
      for (const flag of [
        "--json",
        "--db",
        "--migrations",
        "--schema",
        "--config",
        "--quiet",
        "--verbose",
        "--no-color",
        "--no-input",
      ]) {
        expect(help.stdout).toContain(flag);
      }
    }
  });

  test("costs at most 150 ms more than an empty program", () => {
    // Time of the processor, because other programs share it; the least of several runs, because they disturb.
    const costMs = (words: string): number => {
      const times = Array.from({ length: 9 }, () => {
        const command = `TIMEFORMAT='%3U %3S'; time "${process.execPath}" ${words} >/dev/null`;
        const { stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
        return stderr
          .trim()
          .split(" ")
          .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
      });
      return Math.min(...times);
    };
    expect(costMs(`"${cliPath}" --help`) - costMs("-e 0")).toBeLessThan(150);
  });

  test("--version prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
      version: string;
    };
    expect(version).toBe(toolVersion);
    expect((await project.run(["--version"])).stdout).toBe(`${version}\n`);
  });
});

describe("mistakes on the command line", () => {
  test.each([
    [["statsu"], /unknown command 'statsu'.*Did you mean status\?/i],
    [[], /No command was given/],
    [["start"], /missing required argument 'name'/i],
    [["start", "a", "b"], /too many arguments/i],
    [["status", "--jsn"], /unknown option '--jsn'.*Did you mean --json\?/i],
    [["status", "--progress", "fast"], /argument 'fast' is invalid/i],
    [["start", "a", "--until", "expnd", "--db", "postgres://x/y"], /--until: "expnd" .*Did you mean expand\?/],
    [["start", "a", "--workers", "0", "--db", "postgres://x/y"], /--workers: "0"/],
    [["start", "a", "--lock-budget", "soon", "--db", "postgres://x/y"], /--lock-budget: "soon" is no duration/],
    [["plan", "a", "--report", "a.html", "--db", "postgres://x/y"], /does not end in \.md/],
    [["demo", "--rows", "many"], /--rows: "many" is no whole number/],
    [["demo", "--rounds", "3"], /--rounds: "3" is no whole number from 1 to 2/],
    [["status", "--watch", "--db", "postgres://x/y"], /name is missing/],
    [["status", "a", "--wait-for", "redy", "--db", "postgres://x/y"], /Did you mean ready\?/],
    [["complete", "a", "--gate", "none", "--db", "postgres://x/y"], /needs a reason/],
    [["status"], /No database is given/],
    [["new", "???"], /no letter or digit/],
  ] as const)("%j is refused with exit code 2", async (words, happened) => {
    const outcome = await project.run(words);
    expectFailure(outcome, "usage", 2);
    expect(outcome.stderr.replaceAll(/\s+/g, " ")).toMatch(happened);
  });

  test("with --json the refusal is the one document on stdout", async () => {
    const { code, document } = await project.json<StoredError>(["statsu"]);
    expect(code).toBe(2);
    expect(document).toMatchObject({ schema: "shoofly.error/1", code: "usage", outcome: "unchanged" });
    expect(document.safeNext).toContain("shoofly status");
  });
});

describe("configuration", () => {
  const write = (config: unknown, file = "shoofly.config.json"): void =>
    writeFileSync(join(project.directory, file), typeof config === "string" ? config : JSON.stringify(config));

  test.each([
    [{ migration: "m" }, /unknown key "migration".*Did you mean "migrations"\?/],
    [{ db: { a: 1 } }, /db\.a/],
    [{ lockBudgetMs: "soon" }, /lockBudgetMs: "soon" is no duration/],
    ['{"db": {"a": "postgres://u:hunter22@h/x"', /not valid JSON/],
  ])("%j is refused", async (config, happened) => {
    write(config);
    const outcome = await project.run(["status"]);
    expectFailure(outcome, "usage", 2);
    expect(outcome.stderr.replaceAll(/\s+/g, " ")).toMatch(happened);
    expect(outcome.stderr).not.toContain("hunter22");
  });

  test("--config that is not there, and --db that names nothing", async () => {
    expectFailure(await project.run(["status", "--config", "other.json"]), "usage", 2);
    expectFailure(await project.run(["status", "--config", "shoofly.config.ts"]), "usage", 2);
    write({ db: { main: "postgres://h/x", other: "postgres://h/y" } });
    const unknown = await project.run(["status", "--db", "mian"]);
    expectFailure(unknown, "usage", 2);
    expect(unknown.stderr).toContain("main, other");
    const open = await project.run(["status"]);
    expectFailure(open, "usage", 2);
    expect(open.stderr).toContain("--db other");
  });

  test("the password of a database that only the configuration names shows nowhere", async () => {
    write({ db: { main: "postgres://u:hunter22-x@127.0.0.1:1/hunter22-x" } });
    for (const words of [["status"], ["status", "--db", "main"], ["start", "a", "--json"]]) {
      project.migration("20260101000000_a", "select 1;");
      const outcome = await project.run(words);
      expect(outcome.code).toBe(2);
      expect(outcome.stdout + outcome.stderr).not.toContain("hunter22");
    }
  });

  test("its paths are relative to the file, the flag wins", async () => {
    mkdirSync(join(project.directory, "sub"));
    write({ migrations: "../elsewhere" }, "sub/c.json");
    const { document } = await project.json<{ file: string }>(["new", "a b", "--config", "sub/c.json"]);
    expect(document.file).toMatch(/^elsewhere\/\d{14}_a_b\.sql$/);
    await project.json(["new", "a b", "--config", "sub/c.json", "--migrations", "flag"]);
    expect(readdirSync(join(project.directory, "flag"))).toHaveLength(1);
  });
});

describe("a database that cannot be reached", () => {
  const password = "hunter22%40x";
  test.each([
    ["no server", `postgres://u:${password}@127.0.0.1:1/x`, "connection-failed"],
    ["no host", `postgres://u:${password}@no-such-host.invalid/x`, "connection-failed"],
    ["a URL that is none", `postgres://u:hunter22/@127.0.0.1:1/x`, "usage"],
    ["another database", `mysql://u:${password}@127.0.0.1/x`, "usage"],
  ])("%s: exit code 2 from every command, and no password anywhere", async (_name, url, code) => {
    project.migration("20260101000000_a", "select 1;");
    const calls = [
      ["status"],
      ["plan", "a"],
      ["start", "a"],
      ["complete", "a", "--confirm", "a"],
      ["latest", "--url"],
      ["abort", "a"],
      ["init"],
      ["status", "--json"],
      ["start", "a", "--debug", "-v"],
    ];
    for (const words of calls) {
      const outcome = await project.run([...words, "--db", url]);
      expect({ words, code: outcome.code }).toEqual({ words, code: 2 });
      if (!words.includes("--json") && !words.includes("--debug")) expectFailure(outcome, code, 2);
      expect(outcome.stdout + outcome.stderr).not.toMatch(/hunter22/);
    }
  });
});

describe("output", () => {
  test("no colours in a pipe; FORCE_COLOR turns them on, NO_COLOR and --no-color keep them off", async () => {
    const esc = "\u001B[";
    expect((await project.run(["statsu"])).stderr).not.toContain(esc);
    expect((await project.run(["statsu"], { env: { FORCE_COLOR: "1" } })).stderr).toContain(esc);
    const onTerminal = (env: string, flag = ""): string =>
      `script -qefc '${env} '"$SHOOFLY"' statsu ${flag}' /dev/null || true`;
    const shell = async (command: string): Promise<string> =>
      (await project.run([], { shell: command, env: { TERM: "xterm" } })).stdout;
    expect(await shell(onTerminal(""))).toContain(esc);
    expect(await shell(onTerminal("NO_COLOR=1"))).not.toContain(esc);
    expect(await shell(onTerminal("", "--no-color"))).not.toContain(esc);
    expect(await shell(onTerminal("TERM=dumb"))).not.toContain(esc);
  });

  test("a C locale gets ASCII", async () => {
    const { stderr } = await project.run(["statsu"], { env: { LANG: "C" } });
    expect(stderr).toMatch(/^x usage {2}/);
    // oxlint-disable-next-line no-control-regex -- the point is to find what is not ASCII
    expect(stderr).toMatch(/^[\u0000-\u007F]*$/);
  });
});
