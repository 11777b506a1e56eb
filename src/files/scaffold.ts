// `shoofly new NAME`: writes an empty migration file, and never over an existing one.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MigrationError } from "../core/error.ts";
import { shownPath } from "./discover.ts";
import { assertNameFits } from "./migration-file.ts";

const template = (title: string): string => `-- ${title}
--
-- Write the change as you would on an empty database, in ordinary SQL; \`shoofly plan\` shows the safe steps.
-- A directive is a comment right before the statement it belongs to:
--   "-- shoofly:up EXPR"     value of the new column, from the old row
--   "-- shoofly:down EXPR"   value of the old column, for rows written by the new version
`;

const typescriptTemplate = (title: string): string => `// ${title}
import { addColumn, defineMigration, sql } from "shoofly";

export default defineMigration({
  description: ${JSON.stringify(title)},
  operations: [
    // One builder per operation; expressions are SQL, values in them become literals:
    // addColumn({ table: "users", column: "plan", type: "text", up: sql\`coalesce(old_plan, \${"free"})\` }),
  ],
});
`;

/** `20261121093000`, UTC. */
function stamp(at: Date): string {
  return at.toISOString().replace(/\D/g, "").slice(0, 14);
}

function fromStamp(name: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_/.exec(name) ?? [];
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}

/** Words of any kind → `words_of_any_kind`. */
function slugOf(given: string): string {
  const slug = given
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\.(sql|ts)$/, "")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  if (slug !== "") return slug;
  throw new MigrationError("usage", {
    happened: `"${given}" holds no letter or digit to name a migration by.`,
    safeNext: ["shoofly new add_price_cents"],
  });
}

export interface Scaffold {
  readonly directory: string;
  readonly given: string;
  readonly schema: string;
  /** Names of the files that are there. */
  readonly names: readonly string[];
  readonly now: Date;
  readonly form: "sql" | "ts";
}

/** Writes the file and returns its name and path. It always sorts last, even behind a file that is dated in the future. */
export function scaffold(wanted: Scaffold): { readonly name: string; readonly file: string } {
  const slug = slugOf(wanted.given);
  const latest = Math.max(0, ...wanted.names.map(fromStamp));
  const at = new Date(Math.max(Math.floor(wanted.now.getTime() / 1000) * 1000, latest + 1000));
  const name = `${stamp(at)}_${slug}`;
  const path = join(resolve(wanted.directory), `${name}.${wanted.form}`);
  const file = shownPath(path);
  assertNameFits(name, file, wanted.schema);
  mkdirSync(resolve(wanted.directory), { recursive: true });
  const title = slug.replaceAll("_", " ");
  const write = wanted.form === "ts" ? typescriptTemplate : template;
  writeFileSync(path, write(`${title.charAt(0).toUpperCase()}${title.slice(1)}.`), { flag: "wx" });
  return { name, file };
}
