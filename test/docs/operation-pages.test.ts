// docs/operations: one page for each operation, from its README, the plan of its first case, and what the naive statements were
// observed to lock. A stale page fails; `-u` writes it anew.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { loadParser, parseFile } from "../../src/dialects/postgres/parse.ts";
import type { Observation } from "../../src/shadow/observe.ts";
import { Tracer } from "../../src/shadow/trace.ts";
import { planCase, readCases, withConnection, type Case } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";

const [server] = servers;
if (server === undefined) throw new Error("no server");

const pages = join(import.meta.dirname, "../../docs/operations");
const cases = readCases();
const operations = [...new Set(cases.map((each) => each.name.split("/")[0] ?? ""))].toSorted();

/** `happy`, or whatever comes first. */
function firstCase(operation: string): Case {
  const own = cases.filter((each) => each.name.startsWith(`${operation}/`));
  const first = own.find((each) => each.name.endsWith("/happy")) ?? own[0];
  if (first === undefined) throw new Error(`${operation} has no case`);
  return first;
}

function readmeOf(each: Case): string {
  return readFileSync(join(dirname(dirname(each.directory)), "README.md"), "utf8");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ").trim();
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [row(titles), `|${titles.map(() => "---").join("|")}|`, ...rows.map(row)].join("\n");
}

function lockList(locks: Plan["steps"][number]["locks"]): string {
  const distinct = new Set(locks.map((lock) => `${lock.mode} on ${lock.relation}`));
  return distinct.size === 0 ? "none" : [...distinct].join(", ");
}

function yes(value: boolean): string {
  return value ? "yes" : "no";
}

/** The naive statements, one after the other, in a database of their own. */
async function observe(each: Case): Promise<(readonly string[])[]> {
  await using database = await createDatabase(server as (typeof servers)[number]);
  const client = await database.connect();
  await client.query(each.schemaSql);
  await client.end();
  const tracer = await Tracer.open(database.url);
  try {
    const rows: (readonly string[])[] = [];
    for (const text of new Set(parseFile("naive.sql", each.naiveSql).map((statement) => statement.text))) {
      const isAlone = /\bconcurrently\b|^\s*(vacuum|reindex)/i.test(text);
      const seen: Observation = isAlone ? await tracer.alone(text) : await tracer.transaction([text], { keep: true });
      rows.push([`\`${text}\``, lockList(seen.locks), yes(seen.rewrite), yes(seen.scan)]);
    }
    return rows;
  } finally {
    await tracer.close();
  }
}

async function planRows(each: Case): Promise<(readonly string[])[]> {
  await using database = await createDatabase(server as (typeof servers)[number]);
  const client = await database.connect();
  await client.query(each.schemaSql);
  await client.end();
  const made = await withConnection(database.url, async (connection) => await planCase(connection, each));
  return made.steps.map((step) => [
    step.id,
    step.title,
    lockList(step.locks),
    yes(step.scan),
    step.reversible ? (step.undo.length === 0 ? "none needed" : "yes") : "**no**",
  ]);
}

test.each(operations)("docs/operations/%s.md", async (operation) => {
  await loadParser();
  const each = firstCase(operation);
  const readme = readmeOf(each).replaceAll(
    /\n*The plan of the first case: .*\n/g,
    "\n\nThe plan of the example is below.\n",
  );
  const page = [
    readme.trim(),
    "## Example",
    `\`\`\`sql\n${each.changeSql.trim()}\n\`\`\``,
    "### As written",
    `Observed on PostgreSQL ${(server as (typeof servers)[number]).version}: what each statement would lock, rewrite and scan if it simply ran.`,
    table(["statement", "locks", "rewrites", "scans"], await observe(each)),
    "### What shoofly runs",
    table(["step", "what", "locks", "scans", "undo"], await planRows(each)),
  ];
  await expect(`${page.join("\n\n")}\n`).toMatchFileSnapshot(join(pages, `${operation}.md`));
});

test("docs/operations/README.md lists every operation", async () => {
  const lines = operations.map((operation) => {
    const readme = readmeOf(firstCase(operation));
    const title = /^# (.*)$/m.exec(readme)?.[1] ?? operation;
    const sentence = /## What goes wrong\n+(.*?[.!])(\s|$)/s.exec(readme)?.[1] ?? "";
    return `* [${title}](${operation}.md): ${sentence.replaceAll(/\s+/g, " ")}`;
  });
  const text = `# Operations\n\nWhat shoofly recognises in plain SQL, what goes wrong when it simply runs, and what happens instead. The pages are written by the tests.\n\n${lines.join("\n")}\n`;
  await expect(text).toMatchFileSnapshot(join(pages, "README.md"));
});
