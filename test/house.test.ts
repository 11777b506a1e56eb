// The rules of ARCHITECTURE.md as a test: who may import whom, what is pure, what every folder and file must have.
// A failure names the offender and says what to do.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const sourceRoot = join(root, "src");

// `sql` is text work without any I/O: whatever stands above `core` may use it.
const pure = ["core", "sql", "dialects"];
const run = [...pure, "steps", "throttles", "engine"];
const project = [...run, "define", "files", "importers", "operations", "rules", "planner", "shadow", "documents"];
const everything = [
  ...project,
  "project",
  "doctor",
  "terminal",
  "formats",
  "observers",
  "server",
  "runtime",
  "demo",
  "commands",
];

/** Folder → the folders it may import, besides itself. "." is src/index.ts and src/cli.ts. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sql: ["core"],
  dialects: ["core", "sql"],
  operations: pure,
  rules: pure,
  define: pure,
  files: [...pure, "define"],
  importers: ["core", "sql", "files"],
  planner: [...pure, "operations", "rules"],
  steps: pure,
  throttles: pure,
  engine: [...pure, "steps", "throttles"],
  shadow: [...pure, "engine"],
  documents: ["core", "define"],
  terminal: ["core", "documents"],
  formats: ["core", "documents", "terminal"],
  observers: ["core", "terminal"],
  server: ["core", "engine", "observers"],
  runtime: ["core"],
  dashboard: ["core"],
  project,
  doctor: [...project, "project", "terminal"],
  demo: everything.filter((folder) => folder !== "commands"),
  commands: everything,
  ".": everything,
};
/** Folders that only these may import: they hold no logic, or none for the others. */
const onlyFor: Readonly<Record<string, readonly string[]>> = { commands: ["."], demo: ["commands"] };

/** Folders that may be extended: one list in `index.ts`, one file or folder per member. */
const lists = [
  "operations",
  "rules",
  "steps",
  "throttles",
  "importers",
  "observers",
  "commands",
  "doctor",
  "documents",
  "formats",
];

/** Folders whose code must run without a database, a file or a clock. */
const pureFolders = ["core", "sql", "define", "operations", "rules", "planner"];
const impureModules = /^(pg|pg-.*|node:(fs|net|tls|http|https|child_process|os|dns|timers|worker_threads).*)$/;
const clocksAndDice = /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.env|setTimeout)\b/;

const readmeHeadings = ["What goes wrong", "What we do instead", "Undo", "Limits"];
const maximalLines = 500;

interface Import {
  /** Relative to src, or the name of a package. */
  readonly target: string;
  readonly isRelative: boolean;
  /** `import type` vanishes when compiled. */
  readonly isType: boolean;
}

interface Source {
  /** Relative to src. */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/\/(cases|__snapshots__|node_modules)\//.test(path));
}

function importsOf(path: string, text: string): Import[] {
  const code = text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  const statements = code.matchAll(
    /^(?:(?:import|export)\s+(type\s)?[^;"]*?\bfrom\s+|import\s+)"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, name, dynamic]) => {
    const specifier = name ?? dynamic ?? "";
    const isRelative = specifier.startsWith(".");
    const target = isRelative ? join(dirname(path), specifier) : specifier;
    return { target, isRelative, isType: type !== undefined };
  });
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : ".";
}

const repositoryFiles = [
  ...filesBelow(sourceRoot),
  ...filesBelow(join(root, "test")),
  ...filesBelow(join(root, "scripts")),
];
const sources: readonly Source[] = repositoryFiles
  .filter((file) => file.startsWith("src/") && file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => {
    const path = relative("src", file);
    const text = readFileSync(join(root, file), "utf8");
    return { path, folder: folderOf(path), text, imports: importsOf(path, text) };
  });
const sourceAt = new Map(sources.map((source) => [source.path, source]));

/** Fails with the list itself, so that the message is all there is to read. */
function expectNone(offences: readonly string[]): void {
  expect(offences.join("\n")).toBe("");
}

describe("imports", () => {
  test("every folder is in the table", () => {
    const folders = new Set(sources.map((source) => source.folder).filter((folder) => mayImport[folder] === undefined));
    expectNone(
      [...folders].map(
        (folder) =>
          `src/${folder} is not in the import table: add it to mayImport in test/house.test.ts and say there what it may import.`,
      ),
    );
  });

  test("a folder imports only what the table allows", () => {
    const offences = sources.flatMap(({ path, folder, imports }) =>
      imports
        .filter((entry) => entry.isRelative && folderOf(entry.target) !== folder)
        .filter(({ target }) => {
          const isAllowed = mayImport[folder]?.includes(folderOf(target)) ?? true;
          return !isAllowed || !(onlyFor[folderOf(target)]?.includes(folder) ?? true);
        })
        .map(
          ({ target }) =>
            `src/${path} imports src/${target}: ${folder} may import ${mayImport[folder]?.join(", ") || "nothing"}. Move the shared part down (core or dialects), or pass it in as a parameter.`,
        ),
    );
    expectNone(offences);
  });

  test("core, sql, operations, rules and planner reach no database, file or network", () => {
    const offences: string[] = [];
    for (const source of sources.filter((candidate) => pureFolders.includes(candidate.folder))) {
      const way = wayToImpurity(source, new Set());
      if (way !== null)
        offences.push(
          `${way
            .map((path) => `src/${path}`)
            .join(" → ")
            .replace(/src\/([^/]*)$/, "$1")}: split the pure part off into a file of its own, or import the type only.`,
        );
    }
    expectNone(offences);
  });

  test("core, sql, operations, rules and planner read no clock, dice or environment", () => {
    const offences = sources.filter((source) => pureFolders.includes(source.folder) && clocksAndDice.test(source.text));
    expectNone(
      offences.map(
        (source) => `src/${source.path} uses ${clocksAndDice.exec(source.text)?.[0]}: take it as a parameter.`,
      ),
    );
  });
});

/** The chain of run-time imports that ends in an impure module, or null. */
function wayToImpurity(source: Source, seen: Set<string>): string[] | null {
  seen.add(source.path);
  for (const { target, isRelative, isType } of source.imports) {
    if (isType) continue;
    if (!isRelative) {
      if (impureModules.test(target)) return [source.path, target];
      continue;
    }
    const next = sourceAt.get(target);
    if (next === undefined || seen.has(target)) continue;
    const way = wayToImpurity(next, seen);
    if (way !== null) return [source.path, ...way];
  }
  return null;
}

describe("folders", () => {
  const existing = lists.filter((folder) => sources.some((source) => source.folder === folder));

  test("a folder that is a list has a contract and an index", () => {
    const missing = existing.flatMap((folder) => ["contract.ts", "index.ts"].map((file) => `${folder}/${file}`));
    expectNone(
      missing
        .filter((path) => !sourceAt.has(path))
        .map((path) => `src/${path} is missing: contract.ts holds the type of a member, index.ts the one list.`),
    );
  });

  test("index.ts lists every member", () => {
    expectNone(
      existing
        .filter((folder) => sourceAt.has(`${folder}/index.ts`))
        .flatMap((folder) =>
          unlisted(folder).map(
            (member) => `src/${folder}/index.ts does not list ${member}: import it there and add it to the list.`,
          ),
        ),
    );
  });

  test("an operation has a README with the four headings, and a case", () => {
    const operations = new Set(
      sources.filter((source) => /^operations\/.+\//.test(source.path)).map((source) => dirname(source.path)),
    );
    const offences = [...operations].flatMap((folder) => {
      const readme = join(sourceRoot, folder, "README.md");
      const text = existsSync(readme) ? readFileSync(readme, "utf8") : "";
      const missing = readmeHeadings.filter((heading) => !text.includes(`## ${heading}\n`));
      return [
        ...missing.map((heading) => `src/${folder}/README.md has no heading "## ${heading}": write that section.`),
        ...(existsSync(join(sourceRoot, folder, "cases"))
          ? []
          : [`src/${folder} has no cases/: add one (schema.sql, change.sql).`]),
      ];
    });
    expectNone(offences);
  });
});

/** Files and folders that the index does not reach. A file that itself uses the index (it runs the list) is no member. */
function unlisted(folder: string): string[] {
  const reached = new Set<string>();
  const queue = [`${folder}/index.ts`, `${folder}/contract.ts`];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target } of sourceAt.get(path)?.imports ?? []) {
      if (target.startsWith(`${folder}/`)) queue.push(target);
    }
  }
  return sources
    .filter((source) => source.folder === folder && !reached.has(source.path))
    .filter((source) => !source.imports.some(({ target }) => target === `${folder}/index.ts`))
    .map((source) => source.path);
}

describe("files", () => {
  const named = repositoryFiles.filter((file) => !/(^|\/)README\.md$/.test(file));

  test("names are kebab-case", () => {
    const offences = named.filter((file) => !/^[a-z0-9]+(?:[-./][a-z0-9]+)*$/.test(file));
    expectNone(offences.map((file) => `${file}: use lower case and hyphens.`));
  });

  test("names say what a file is for", () => {
    const offences = named.filter((file) =>
      /(?:^|[-./])(?:utils?|helpers?|commons?|managers?|misc)(?=[-./]|$)/.test(file),
    );
    expectNone(offences.map((file) => `${file}: name it after the one thing it exports.`));
  });

  test("each begins with what it is for", () => {
    const offences = repositoryFiles.filter((file) => {
      if (!/\.(ts|mjs|sh|sql)$/.test(file)) return false;
      const lines = readFileSync(join(root, file), "utf8").split("\n");
      const first = lines[0]?.startsWith("#!") === true ? lines[1] : lines[0];
      return first === undefined || !/^(\/\/|\/\*|--|#) ?\S/.test(first);
    });
    expectNone(offences.map((file) => `${file}: begin with one to three comment lines that say what the file is for.`));
  });

  test(`none in src is longer than ${maximalLines} lines`, () => {
    const lengths = sources.map((source) => ({ path: source.path, lines: source.text.split("\n").length - 1 }));
    const offences = lengths.filter(({ lines }) => lines > maximalLines).sort((a, b) => b.lines - a.lines);
    expectNone(offences.map(({ path, lines }) => `src/${path} has ${lines} lines: split it where the meaning splits.`));
  });
});
