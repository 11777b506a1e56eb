// `shoofly lint` as it is typed: files, directories, git, formats, settings, exit codes; and files that are no good SQL.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { LintDocument } from "../../src/documents/lint.ts";
import { cliProject, expectDocument, expectFailure, type CliProject } from "../support/cli.ts";
import { createDatabase, servers } from "../support/database.ts";

let project: CliProject;
beforeEach(() => {
  project = cliProject();
});
afterEach(() => project[Symbol.dispose]());

function write(file: string, text: string | Buffer): void {
  const path = join(project.directory, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function linted(...words: readonly string[]): Promise<{ code: number | null; document: LintDocument }> {
  return await project.json<LintDocument>(["lint", ...words]);
}

/** `rule severity line` of every finding that nobody accepted. */
function brief({ findings }: LintDocument): string[] {
  return findings
    .filter(({ suppressed }) => suppressed === null)
    .map(({ rule, severity, line }) => `${rule} ${severity} ${line}`);
}

const setNotNull = "ALTER TABLE orders ALTER COLUMN region SET NOT NULL;";

describe("findings", () => {
  test("the document is the contract, to the letter", async () => {
    write("a.sql", `-- A.\n\n${setNotNull}\n`);
    const { code, document } = await linted("a.sql");
    expect(code).toBe(3);
    expect(Object.keys(document)).toEqual(["schema", "unanalysed", "findings"]);
    const [finding, ...more] = document.findings;
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      rule: "set-not-null",
      severity: "error",
      file: "a.sql",
      line: 3,
      column: 1,
      endLine: 3,
      endColumn: setNotNull.length,
      lock: "ACCESS EXCLUSIVE",
      blocks: "reads+writes",
      rewrite: false,
      scan: true,
      heavy: true,
      suppressed: null,
    });
    expect(finding?.message).toContain("public.orders");
    expect(finding?.plan.join("\n")).toContain("validate NOT NULL of region");
  });

  test("what the complaints about other linters are about is no finding", async () => {
    write(
      "a.sql",
      `CREATE TABLE known (id bigint PRIMARY KEY, name varchar(20), n int, CONSTRAINT c CHECK (n IS NOT NULL));
       CREATE UNIQUE INDEX known_name ON known (name);`,
    );
    write(
      "b.sql",
      `ALTER TABLE known ALTER COLUMN name TYPE varchar(40);
       ALTER TABLE known ADD CONSTRAINT known_name UNIQUE USING INDEX known_name;
       ALTER TABLE known ALTER COLUMN n SET NOT NULL;
       ALTER TABLE known ADD COLUMN at timestamptz NOT NULL DEFAULT now();
       CREATE INDEX CONCURRENTLY i ON known (n);
       CREATE TABLE made (id bigint PRIMARY KEY); CREATE INDEX ON made (id); ALTER TABLE made ADD CHECK (id > 0);
       CREATE TEMP TABLE t (a int); CREATE INDEX ON t (a);
       DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;`,
    );
    write("shoofly.config.json", JSON.stringify({ lint: { startAfter: "a" } }));
    const { code, document } = await linted("a.sql", "b.sql");
    expect({ code, document }).toEqual({
      code: 0,
      document: { schema: "shoofly.lint/1", unanalysed: [], findings: [] },
    });
  });

  test("a table made in an earlier statement or file is new; one that only stands in a file not judged is not", async () => {
    project.migration("20260101000000_make", "-- Make.\nCREATE TABLE t (id bigint PRIMARY KEY, a int);\n");
    project.migration("20260102000000_index", "-- Index.\nCREATE INDEX t_a ON t (a);\n");
    expect((await linted()).document.findings).toEqual([]);
    expect(brief((await linted("migrations/20260102000000_index.sql")).document)).toEqual(["create-index error 2"]);
    write("shoofly.config.json", JSON.stringify({ lint: { startAfter: "20260101000000_make" } }));
    expect(brief((await linted()).document)).toEqual(["create-index error 2"]);
  });

  test("names that go away break clients, whatever the lock is", async () => {
    write("a.sql", "DROP TABLE a;\nALTER TABLE b RENAME COLUMN c TO d;\nALTER TABLE b DROP COLUMN e;\nDROP TYPE f;\n");
    const { document } = await linted("a.sql");
    expect(brief(document)).toEqual([
      "drop-table error 1",
      "rename-column error 2",
      "drop-column error 3",
      "drop-type error 4",
    ]);
  });

  test("one ALTER TABLE with several commands: each has its own place", async () => {
    write(
      "a.sql",
      "ALTER TABLE t\n  ADD COLUMN a int,\n  ALTER COLUMN b TYPE bigint,\n  ALTER COLUMN c SET NOT NULL;\n",
    );
    expect(brief((await linted("a.sql")).document)).toEqual(["change-column-type error 3", "set-not-null error 4"]);
  });

  test("the server's version counts", async () => {
    write("a.sql", "ALTER TABLE t ADD CONSTRAINT c NOT NULL a NOT VALID;\n");
    expect((await linted("a.sql", "--pg", "18")).document.findings).toEqual([]);
    expectFailure(await project.run(["lint", "a.sql", "--pg", "12"]), "usage", 2);
  });
});

describe("sizes", () => {
  test("of a statistics file: a small table is harmless, a large one waits for a range with its basis", async () => {
    write("a.sql", `${setNotNull}\nALTER TABLE tiny ALTER COLUMN a SET NOT NULL;\nUPDATE tiny SET a = 1;\n`);
    write(
      "stats.json",
      JSON.stringify({
        tables: { "public.orders": { rows: 88_000_000, bytes: 21_000_000_000 }, tiny: { rows: 12, bytes: 8192 } },
      }),
    );
    const { document } = await linted("a.sql", "--stats", "stats.json");
    expect(brief(document)).toEqual(["set-not-null error 1", "set-not-null info 2", "update-rows info 3"]);
    expect(document.findings[0]?.message).toContain(
      "18 s to 4 min (88,000,000 rows, 21 GB, read at 100 to 1,200 MB/s)",
    );
    write("stats.json", "[]");
    expectFailure(await project.run(["lint", "a.sql", "--stats", "stats.json"]), "usage", 2);
  });

  test.each(servers)("of a database, on $name: types, sizes and what has run are read from it", async (server) => {
    await using database = await createDatabase(server);
    const client = await database.connect();
    await client.query(
      `CREATE TABLE small (id bigint PRIMARY KEY, name varchar(10), n numeric(8,2));
       CREATE TABLE large (id bigint PRIMARY KEY, name varchar(10));
       INSERT INTO large SELECT i, 'x' FROM generate_series(1, 50000) AS i; ANALYZE small, large;`,
    );
    await client.end();
    write(
      "a.sql",
      `ALTER TABLE small ALTER COLUMN name TYPE varchar(20);
ALTER TABLE small ALTER COLUMN n TYPE numeric(8,3);
ALTER TABLE large ALTER COLUMN name SET NOT NULL;\n`,
    );
    const { code, document } = await linted("a.sql", "--db", database.url);
    expect({ code, found: brief(document) }).toEqual({
      code: 3,
      found: ["change-column-type info 2", "set-not-null error 3"],
    });
    expect(document.findings[1]?.message).toContain("50,000 rows");
  });
});

describe("accepting a risk", () => {
  const at = (allow: string): string => `-- What.\n\nSELECT 1;\n-- shoofly:allow ${allow}\n${setNotNull}\n`;

  test("with a reason, before the statement; the finding stays in the document", async () => {
    write("a.sql", at('set-not-null reason="read-only until launch" until=2999-01-01'));
    const { code, document } = await linted("a.sql");
    expect(code).toBe(0);
    expect(document.findings).toMatchObject([{ rule: "set-not-null", suppressed: "read-only until launch" }]);
  });

  test("expired and unused ones are findings; a misspelled one hides nothing", async () => {
    write("a.sql", at('set-not-null reason="soon over" until=2020-01-01'));
    expect(brief((await linted("a.sql")).document)).toEqual(["expired-allow warning 4", "set-not-null error 5"]);
    write("a.sql", at('set-not-nul reason="typed in haste"'));
    expect(brief((await linted("a.sql")).document)).toEqual(["unused-allow warning 4", "set-not-null error 5"]);
    write("a.sql", `${setNotNull}\n-- shoofly:allow set-not-null reason="behind the statement"\n`);
    expect(brief((await linted("a.sql")).document)).toEqual(["set-not-null error 1", "unused-allow warning 2"]);
  });

  test("without a reason, or an unknown directive: not analysed", async () => {
    write("a.sql", at("set-not-null"));
    const { code, document } = await linted("a.sql");
    expect({ code, line: document.unanalysed[0]?.line }).toEqual({ code: 2, line: 4 });
    expect(document.unanalysed[0]?.reason).toContain('-- shoofly:allow set-not-null reason="…"');
    write("a.sql", "-- shoofly:alow x\nSELECT 1;\n");
    expect((await linted("a.sql")).document.unanalysed[0]?.reason).toContain('no directive "alow"');
  });

  test("for the whole file: in a comment that a blank line parts from the first statement", async () => {
    write("a.sql", `-- What.\n-- shoofly:allow set-not-null reason="empty tables"\n\n${setNotNull}\n${setNotNull}\n`);
    expect(await linted("a.sql")).toMatchObject({ code: 0, document: { findings: [{}, {}] } });
    write("a.sql", `-- shoofly:allow set-not-null reason="only the first"\n${setNotNull}\n${setNotNull}\n`);
    expect(brief((await linted("a.sql")).document)).toEqual(["set-not-null error 3"]);
  });
});

describe("settings", () => {
  test("severity per rule, off, rules of style, the threshold of failure", async () => {
    write("a.sql", `${setNotNull}\nCREATE TABLE t (id int PRIMARY KEY, c char(2));\n`);
    const configure = (lint: object): void => write("shoofly.config.json", JSON.stringify({ lint }));
    expect(brief((await linted("a.sql")).document)).toEqual(["set-not-null error 1", "integer-primary-key warning 2"]);
    configure({ rules: { "set-not-null": "warning", "integer-primary-key": "off", "char-column": "info" } });
    const quiet = await linted("a.sql");
    expect({ code: quiet.code, found: brief(quiet.document) }).toEqual({
      code: 0,
      found: ["set-not-null warning 1", "char-column info 2"],
    });
    expect((await linted("a.sql", "--fail-on", "warning")).code).toBe(3);
    configure({ failOn: "warning", rules: { "set-not-null": "warning" } });
    expect((await linted("a.sql")).code).toBe(3);
    configure({ rules: { "set-not-nul": "off" } });
    const refused = await project.run(["lint", "a.sql"]);
    expectFailure(refused, "usage", 2);
    expect(refused.stderr).toContain("Did you mean set-not-null");
  });
});

describe("which files", () => {
  test("standard input, directories, what is missing", async () => {
    write("deep/er/a.sql", setNotNull);
    write("deep/notes.txt", "no SQL");
    expect(brief((await linted("deep")).document)).toEqual(["set-not-null error 1"]);
    const piped = await project.run([], { shell: `echo '${setNotNull}' | $SHOOFLY lint - --format gcc` });
    expect(piped.stdout).toMatch(/^<stdin>:1:1: error: .* \[set-not-null\]$/m);
    expectFailure(await project.run(["lint", "gone.sql"]), "file-not-found", 2);
    expectFailure(await project.run(["lint"]), "file-not-found", 2);
  });

  test("a range of git: only what differs is judged, what was there before is read", async () => {
    const git = (...words: readonly string[]): void =>
      void execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...words], {
        cwd: project.directory,
      });
    project.migration(
      "20260101000000_make",
      "-- Make.\nCREATE TABLE t (id bigint PRIMARY KEY, a varchar(10), b int);\n",
    );
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-qm", "one");
    project.migration("20260102000000_new", "-- New.\nALTER TABLE t ALTER COLUMN a TYPE varchar(20);\n");
    git("add", ".");
    git("commit", "-qm", "two");
    project.migration("20260103000000_untracked", "-- Untracked.\nCREATE INDEX t_b ON t (b);\n");
    const { code, document } = await linted("--since", "HEAD~1");
    expect({ code, found: brief(document) }).toEqual({ code: 3, found: ["create-index error 2"] });
    expect((await project.run(["lint", "--since", "HEAD~1"])).stdout).toContain("1 error in 2 files");
    expectFailure(await project.run(["lint", "--since", "nowhere"]), "usage", 2);
  });
});

describe("migrations that are not SQL", () => {
  test("are judged like SQL, at the operation in the author's file", async () => {
    const forms = {
      "1_a.yaml": `description: A.\noperations:\n  - drop-not-null: {table: orders, column: note}\n  - set-not-null: {table: orders, column: region}\n`,
      "2_b.json": `{"description": "B.", "operations": [\n  {"set-not-null": {"table": "orders", "column": "code"}}\n]}\n`,
      "3_c.ts": `import { defineMigration, setNotNull } from "shoofly";\nexport default defineMigration({\n  description: "C.",\n  operations: [\n    setNotNull({ table: "orders", column: "name" }),\n  ],\n});\n`,
    };
    for (const [name, text] of Object.entries(forms)) write(`migrations/2026010100000${name}`, text);
    const { code, document } = await linted();
    expect(document.unanalysed).toEqual([]);
    expect({ code, found: document.findings.map(({ rule, line, column }) => `${rule} ${line}:${column}`) }).toEqual({
      code: 3,
      found: ["set-not-null 4:5", "set-not-null 2:3", "set-not-null 5:5"],
    });
    expect((await project.run(["lint"])).stdout).toContain("- set-not-null: {table: orders");
  });

  test("only what cannot be loaded is not analysed", async () => {
    write("migrations/20260101000001_a.yaml", "description: A.\noperations:\n  - no-such: {}\n");
    write("migrations/20260101000002_b.ts", "throw new Error('no');\n");
    write("migrations/20260101000003_c.mjs", "export default 1;\n");
    const { code, document } = await linted();
    expect(code).toBe(2);
    expect(document.unanalysed.map(({ file, line }) => `${file}:${line}`)).toEqual([
      "migrations/20260101000001_a.yaml:3",
      "migrations/20260101000002_b.ts:1",
      "migrations/20260101000003_c.mjs:1",
    ]);
    expect(document.unanalysed.map(({ reason }) => reason)).toMatchObject([
      expect.stringContaining("an operation is an object with one key"),
      expect.stringContaining("no"),
      expect.stringContaining(".mjs"),
    ]);
  });
});

describe("bad input", () => {
  async function unanalysed(text: string | Buffer): Promise<LintDocument["unanalysed"]> {
    write("bad.sql", text);
    const { code, document } = await linted("bad.sql");
    expect(code).toBe(2);
    return document.unanalysed;
  }

  test("a broken statement has its place, and does not hide what stands around it", async () => {
    write("a.sql", `${setNotNull}\nALTER TABEL t ADD x int;\n${setNotNull}\n`);
    const { code, document } = await linted("a.sql");
    expect({ code, found: brief(document) }).toEqual({
      code: 2,
      found: ["set-not-null error 1", "set-not-null error 3"],
    });
    expect(document.unanalysed).toMatchObject([{ file: "a.sql", line: 2, column: 7 }]);
    const { stdout, code: textCode } = await project.run(["lint", "a.sql"]);
    expect(textCode).toBe(2);
    expect(stdout).toContain("a.sql:2:7  not analysed\n  2 | ALTER TABEL t ADD x int;\n    |       ^");
  });

  test.each([
    ["half a file", "CREATE TABLE t (id int, name te", /end of input/],
    ["an open quote", "INSERT INTO t VALUES ('open);\nSELECT 1;\n", /unterminated/i],
    ["MySQL", "ALTER TABLE `t` ADD COLUMN `a` int AFTER `b`;\n", /Backticks/],
    ["a meta-command", "\\i other.sql\nSELECT 1;\n", /\\i is a command of psql/],
    ["a variable of psql", "SELECT :name;\n", /Variables of psql/],
    ["dynamic SQL", "DO $$ BEGIN EXECUTE 'DROP TABLE ' || current_setting('x.y'); END $$;\n", /DO block/],
    ["UTF-16", Buffer.from("\uFEFFSELECT 1;", "utf16le"), /NUL/],
    ["Latin-1", Buffer.from([0x2d, 0x2d, 0xe4, 0x0a]), /UTF-8/],
  ])("%s", async (_, text, reason) => {
    const [first] = await unanalysed(text);
    expect(first?.reason).toMatch(reason);
    expect(first?.line).toBe(1);
  });

  test.each([
    ["an empty file", ""],
    ["only comments", "-- nothing\n/* at all */\n"],
    ["a byte order mark", "\uFEFFSELECT 1;\n"],
    ["line ends of Windows", "-- A.\r\nSELECT 1;\r\nCREATE TABLE t (\r\n id bigint\r\n);\r\n"],
    ["views in a circle", "CREATE VIEW a AS SELECT * FROM b; CREATE OR REPLACE VIEW b AS SELECT * FROM a;"],
    [
      "tables in a circle",
      "CREATE TABLE a (id bigint) INHERITS (b); CREATE TABLE b (id bigint) INHERITS (a); CREATE INDEX ON a (id);",
    ],
  ])("%s is fine", async (_, text) => {
    write("a.sql", text);
    expect(await linted("a.sql")).toMatchObject({ code: 0, document: { unanalysed: [], findings: [] } });
  });

  test("a byte order mark and Windows line ends move no place", async () => {
    write("a.sql", `\uFEFF-- ä.\r\n${setNotNull}\r\n`);
    const { document } = await linted("a.sql");
    expect(document.findings).toMatchObject([{ line: 2, column: 1, endLine: 2, endColumn: setNotNull.length }]);
  });

  test(
    "10 MB of INSERTs, in one statement or in many, take bounded time and memory",
    { timeout: 600_000 },
    async () => {
      const row = `(1, '${"x".repeat(80)}')`;
      write(
        "one.sql",
        `INSERT INTO t VALUES ${Array.from({ length: 110_000 }, () => row).join(",\n")};\n${setNotNull}\n`,
      );
      write("many.sql", `${`INSERT INTO t VALUES ${row};\n`.repeat(90_000)}${setNotNull}\n`);
      for (const file of ["one.sql", "many.sql"]) {
        const { stdout, stderr } = await project.run([], {
          shell: `TIMEFORMAT=%U; time NODE_OPTIONS=--max-old-space-size=400 $SHOOFLY lint ${file} --format gcc`,
        });
        expect(stdout, file).toMatch(/^[a-z]+\.sql:\d+:1: error: .*\[set-not-null\]\n$/);
        expect(Number(stderr.trim()), `${file}: seconds of processor time`).toBeLessThan(30);
      }
    },
  );

  test("2,000 tables and a change of each", { timeout: 600_000 }, async () => {
    const tables = Array.from({ length: 2000 }, (_, index) => `t_${index}`);
    write("a.sql", tables.map((name) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, a int);\n`).join(""));
    write("b.sql", tables.map((name) => `ALTER TABLE ${name} ALTER COLUMN a SET NOT NULL;\n`).join(""));
    write("shoofly.config.json", JSON.stringify({ lint: { startAfter: "a" } }));
    const { code, document } = await linted("a.sql", "b.sql");
    expect({ code, findings: document.findings.length }).toEqual({ code: 3, findings: 2000 });
    const { stderr } = await project.run([], {
      shell: `TIMEFORMAT=%U; time $SHOOFLY lint a.sql b.sql --format gcc >/dev/null`,
    });
    expect(Number(stderr.trim()), "seconds of processor time").toBeLessThan(20);
  });
});

describe("for other programs", () => {
  test("--json is --format json; both with another format is refused", async () => {
    write("a.sql", setNotNull);
    const { stdout } = await project.run(["lint", "a.sql", "--format", "json"]);
    expectDocument(JSON.parse(stdout));
    expect((await project.run(["lint", "a.sql", "--json"])).stdout).toBe(stdout);
    expect((await project.run(["lint", "a.sql", "--json", "--format", "sarif"])).code).toBe(2);
    expectFailure(await project.run(["lint", "a.sql", "--format", "sarf"]), "usage", 2);
  });

  test("GitHub gets annotations and a summary of the job", async () => {
    write("a.sql", `CREATE TABLE t (id int PRIMARY KEY);\n${setNotNull}\n`);
    const { stdout } = await project.run(["lint", "a.sql", "--format", "github"], {
      env: { GITHUB_STEP_SUMMARY: join(project.directory, "summary.md") },
    });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(
      /^::error file=a\.sql,line=2,endLine=2,col=1,endColumn=\d+,title=shoofly set-not-null::Takes .*%0ASafe way:%0A/,
    );
    expect(lines[1]).toMatch(/^::warning file=a\.sql,line=1,/);
    expect(readFileSync(join(project.directory, "summary.md"), "utf8")).toContain(
      "| error | `a.sql:2` | set-not-null |",
    );
  });

  test("the pre-commit hook runs on the files that pre-commit passes", async () => {
    const [hook] = parse(readFileSync(join(import.meta.dirname, "../../.pre-commit-hooks.yaml"), "utf8")) as {
      id: string;
      entry: string;
      files: string;
      language: string;
    }[];
    expect(hook).toMatchObject({ id: "shoofly-lint", language: "node" });
    expect(new RegExp(hook?.files ?? "").test("migrations/a.sql")).toBe(true);
    write("a b.sql", setNotNull);
    const outcome = await project.run([], {
      shell: `shoofly() { $SHOOFLY "$@"; }; ${hook?.entry ?? ""} 'a b.sql'`,
    });
    expect(outcome).toMatchObject({ code: 3 });
    expect(outcome.stdout).toContain("a b.sql:1:1  error  set-not-null");
  });

  test("the GitHub Action runs with its inputs, whatever they hold", async () => {
    const action = parse(readFileSync(join(import.meta.dirname, "../../action.yml"), "utf8")) as {
      inputs: Record<string, { default: string }>;
      runs: { using: string; steps: { shell: string; run: string; env: Record<string, string> }[] };
    };
    const [step] = action.runs.steps;
    expect({ using: action.runs.using, shell: step?.shell }).toEqual({ using: "composite", shell: "bash" });
    expect(step?.run).not.toContain("${{");
    const run = async (given: Record<string, string>): Promise<Awaited<ReturnType<CliProject["run"]>>> => {
      const env = Object.fromEntries(
        Object.entries(step?.env ?? {}).map(([name, expression]) => {
          const input = /inputs\.([a-z-]+)/.exec(expression)?.[1] ?? "";
          return [name, given[input] ?? action.inputs[input]?.default ?? "no such input"];
        }),
      );
      expect(Object.values(env)).not.toContain("no such input");
      // npx would fetch the package from the registry: here it is this working tree.
      return await project.run([], { shell: `npx() { shift 2; $SHOOFLY "$@"; }; set -e; ${step?.run ?? ""}`, env });
    };
    write("a.sql", setNotNull);
    const found = await run({ files: "a.sql", pg: "15" });
    expect({ code: found.code, line: found.stdout.split(" ")[0] }).toEqual({ code: 3, line: "::error" });
    expect((await run({ files: "gone.sql; touch owned", "fail-on": "info" })).code).toBe(2);
    expect((await project.run([], { shell: "ls" })).stdout).not.toContain("owned");
  });
});
