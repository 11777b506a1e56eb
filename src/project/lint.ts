// `shoofly lint`: files from disk or git, sizes and catalogs from a database or a file, and the settings → the report.
import type { Severity, Unanalysed } from "../core/finding.ts";
import { isAtLeast } from "../core/finding.ts";
import { MigrationError } from "../core/error.ts";
import type { Schema } from "../core/schema.ts";
import { emptyCatalog } from "../dialects/postgres/effects/catalog.ts";
import type { Catalog } from "../dialects/postgres/effects/catalog-model.ts";
import type { LintDocument } from "../documents/lint.ts";
import { nearNames } from "../files/near-names.ts";
import { readLintFiles } from "../files/lint-files.ts";
import type { LintSource } from "../files/lint-files.ts";
import type { TableSize } from "../planner/lint/duration.ts";
import { lint } from "../planner/lint/lint.ts";
import { ruleNames } from "../planner/lint/rule-names.ts";
import { defaultSettings } from "../planner/lint/settings.ts";
import type { LintSettings } from "../planner/lint/settings.ts";
import type { Project } from "./config.ts";
import { readStatistics } from "./statistics.ts";

export interface LintRequest {
  readonly files: readonly string[];
  readonly since: string | null;
  readonly stats: string | null;
  /** From the command line; null: of the database, the configuration, or the newest. */
  readonly major: number | null;
  /** Look at the project's database. */
  readonly useDatabase: boolean;
  readonly failOn: Severity | null;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

export interface LintOutcome {
  readonly document: LintDocument;
  /** Files that were judged. */
  readonly files: readonly string[];
  readonly textOf: (file: string) => string;
  readonly failOn: Severity;
  /** 2: something could not be judged; 3: a finding that counts; 0 otherwise. */
  readonly exitCode: 0 | 2 | 3;
}

const newestMajor = 18;

/** @throws MigrationError `usage`, `file-not-found`, and `connection-failed` when a database was asked for */
export async function lintProject(project: Project, request: LintRequest): Promise<LintOutcome> {
  const settings = settingsOf(project);
  const failOn = request.failOn ?? project.lint?.failOn ?? "error";
  const sources = await readLintFiles({
    given: request.files,
    migrations: project.migrations,
    since: request.since,
    startAfter: project.lint?.startAfter ?? null,
  });
  const world = request.useDatabase ? await databaseOf(project, sources) : worldWithout(sources);
  const sizes = request.stats === null ? world.sizes : readStatistics(request.stats, project.schema);
  const readable = world.sources.filter((source) => source.text !== null);
  const result = await lint({
    files: readable.map(({ file, text, origins, isJudged }) => ({ file, text: text ?? "", origins, isJudged })),
    catalog: world.catalog,
    schema: world.schema,
    sizes,
    major: request.major ?? world.major ?? project.lint?.pg ?? newestMajor,
    settings,
    today: request.today,
  });
  const judged = world.sources.filter((source) => source.isJudged);
  const texts = new Map(judged.map(({ file, written }) => [file, written]));
  const unanalysed = [...judged.filter((source) => source.text === null).map(unreadable), ...result.unanalysed];
  const document: LintDocument = { schema: "shoofly.lint/1", unanalysed, findings: result.findings };
  const counts = result.findings.some((finding) => finding.suppressed === null && isAtLeast(finding.severity, failOn));
  return {
    document,
    files: judged.map(({ file }) => file),
    textOf: (file) => texts.get(file) ?? "",
    failOn,
    exitCode: unanalysed.length > 0 ? 2 : counts ? 3 : 0,
  };
}

function unreadable({ file, problem, problemAt: { line, column } }: LintSource): Unanalysed {
  return { file, line, column, endLine: line, endColumn: column, reason: problem };
}

interface World {
  readonly sources: readonly LintSource[];
  readonly catalog: Catalog;
  readonly schema: Schema | null;
  readonly sizes: ReadonlyMap<string, TableSize>;
  readonly major: number | null;
}

function worldWithout(sources: readonly LintSource[]): World {
  return { sources, catalog: emptyCatalog, schema: null, sizes: new Map(), major: null };
}

/** What the database has is read from it, not from files: those that have run, or are not judged, are left out. */
async function databaseOf(project: Project, sources: readonly LintSource[]): Promise<World> {
  const { withConnection } = await import("./reading.ts");
  const { introspect } = await import("../dialects/postgres/introspect.ts");
  const { catalogOf } = await import("../dialects/postgres/effects/catalog.ts");
  const { readJournal } = await import("./journal-facts.ts");
  return await withConnection(
    project,
    async (connection) => {
      const { schema, facts } = await introspect(connection, {
        schema: project.schema,
        currentVersion: project.schema,
      });
      const journal = await readJournal(connection);
      const applied = new Set(
        (journal?.migrations ?? [])
          .filter(({ state }) => state !== "pending" && state !== "rolled-back")
          .map(({ name }) => name),
      );
      return {
        sources: sources.filter((source) => source.isJudged && !applied.has(baseName(source.file))),
        catalog: catalogOf(schema),
        schema,
        sizes: new Map(
          schema.tables.map((table) => [
            `${table.schema}.${table.name}`,
            { rows: table.rowsEstimate, bytes: table.bytes },
          ]),
        ),
        major: facts.major,
      };
    },
    { readOnly: true },
  );
}

function baseName(file: string): string {
  return file.replace(/^.*[\\/]/, "").replace(/\.(?:sql|ts|yaml|json)$/, "");
}

/** @throws MigrationError `usage` for a rule that does not exist: it would be off in silence */
function settingsOf(project: Project): LintSettings {
  const { rules = {}, smallTable = {} } = project.lint ?? {};
  const unknown = Object.keys(rules).find((rule) => !ruleNames.includes(rule));
  if (unknown !== undefined) {
    const near = nearNames(unknown, ruleNames);
    throw new MigrationError("usage", {
      happened: `The configuration names a lint rule ${JSON.stringify(unknown)} that does not exist.${near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`}`,
      safeNext: ["edit the key lint.rules of the configuration"],
    });
  }
  const usual = defaultSettings.smallTable;
  return {
    rules,
    smallTable: { rows: smallTable.rows ?? usual.rows, bytes: smallTable.bytes ?? usual.bytes },
  };
}
