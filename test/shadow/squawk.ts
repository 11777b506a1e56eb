// The linter squawk on the same forms: does one of its rules say that clients wait while a table is gone through?
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Form } from "./forms.ts";
import { packagesDirectory } from "./majors.ts";

const binary = join(packagesDirectory, "node_modules/@squawk-cli/linux-x64/bin/squawk");

/** Its rules whose text speaks of a lock that is held for a scan, a rewrite or an index build. */
const heavyRules: ReadonlySet<string> = new Set([
  "adding-field-with-default",
  "adding-foreign-key-constraint",
  "adding-not-nullable-field",
  "adding-serial-primary-key-field",
  "changing-column-type",
  "constraint-missing-not-valid",
  "disallowed-unique-constraint",
  "prefer-repack",
  "require-concurrent-index-creation",
  "require-concurrent-reindex",
]);

/** Names of the forms that squawk calls heavy on this major. */
export function calledHeavy(forms: readonly Form[], major: number): Set<string> {
  const directory = mkdtempSync(join(tmpdir(), "shoofly-squawk-"));
  try {
    forms.forEach(({ sql }, at) => writeFileSync(join(directory, `${at}.sql`), `${sql};\n`));
    const files = forms.map((_, at) => `${at}.sql`);
    const options = ["--reporter", "json", "--pg-version", String(major)];
    const { stdout, error } = spawnSync(binary, [...options, ...files], { cwd: directory, encoding: "utf8" });
    if (error !== undefined) throw error;
    const found = JSON.parse(stdout) as { file: string; rule_name: string }[];
    const heavy = found.filter((each) => heavyRules.has(each.rule_name)).map((each) => Number.parseInt(each.file, 10));
    return new Set(heavy.map((at) => forms[at]?.form ?? ""));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
