// Every rule against its own two files: bad.sql has exactly this finding, good.sql has none.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyCatalog } from "../../dialects/postgres/effects/catalog.ts";
import { rules } from "../../rules/index.ts";
import { lint } from "./lint.ts";
import { defaultSettings } from "./settings.ts";

const directory = join(import.meta.dirname, "../../rules");

async function openRules(rule: string, file: string): Promise<string[]> {
  const { isDefault = true, severity = "warning" } = rules.find(({ name }) => name === rule) ?? {};
  const { findings, unanalysed } = await lint({
    files: [
      { file: "20260101000000_case.sql", text: readFileSync(join(directory, rule, file), "utf8"), isJudged: true },
    ],
    catalog: emptyCatalog,
    schema: null,
    sizes: new Map(),
    major: 18,
    settings: { ...defaultSettings, rules: isDefault ? {} : { [rule]: severity } },
    today: "2026-01-01",
  });
  expect(unanalysed).toEqual([]);
  return findings.filter((finding) => finding.suppressed === null).map((finding) => finding.rule);
}

test.each(rules.map(({ name }) => name))("%s", async (name) => {
  expect(await openRules(name, "bad.sql")).toEqual([name]);
  expect(await openRules(name, "good.sql")).toEqual([]);
});

test("every rule has a page that says what goes wrong and what to do instead", () => {
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
  for (const { name } of folders) {
    const page = readFileSync(join(directory, name, "README.md"), "utf8");
    expect(page, name).toMatch(/^# .+\n\n## What goes wrong\n[^#]+\n## What to do instead\n[^#]+$/);
  }
});
