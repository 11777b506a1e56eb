// Statements + schema + facts → Plan. Pure: the same input gives the same plan, and no database is asked.
import { createHash } from "node:crypto";
import { MigrationError } from "../core/error.ts";
import { isHeavy, strongestLock } from "../core/effect.ts";
import type { Effect } from "../core/effect.ts";
import { assumedRates } from "../core/estimate.ts";
import type { Finding } from "../core/finding.ts";
import type { Plan } from "../core/plan.ts";
import type { Facts, Schema, Table } from "../core/schema.ts";
import type { Step } from "../core/step.ts";
import { toolVersion } from "../core/version.ts";
import { comparisons, compose } from "../dialects/postgres/compose.ts";
import { hasChangedColumns, hasTypeInPlace, isReshaped, isSynced, startDraft } from "../dialects/postgres/draft.ts";
import type { Draft, VersionMode } from "../dialects/postgres/draft.ts";
import { namesOf } from "../dialects/postgres/names.ts";
import { catalogOf } from "../dialects/postgres/effects/catalog.ts";
import { evolve } from "../dialects/postgres/effects/evolve.ts";
import { onExisting, predictEffect } from "../dialects/postgres/effects/predict.ts";
import { checksOf, fail, loadParser, ownNode, parseFile } from "../dialects/postgres/parse.ts";
import type { Statement } from "../dialects/postgres/parse.ts";
import { deploymentsOf } from "./deployments.ts";
import { withEstimate } from "./estimate.ts";
import { makeSource, placeAt } from "../dialects/postgres/source.ts";
import type { Origin } from "../dialects/postgres/source.ts";
import { operations } from "../operations/index.ts";
import { withPredictedEffects } from "./step-effects.ts";
import { byteLength, identifierBytesMax } from "../sql/identifier.ts";

/** What the planner needs of a migration file. */
export interface PlanFile {
  /** Base name without extension. */
  readonly name: string;
  /** As shown to people. */
  readonly file: string;
  readonly text: string;
  /** Of the author's file. */
  readonly checksum: string;
  /** For a file that is not SQL: where each stretch of the text came from. */
  readonly origins?: readonly Origin[];
}

export interface PlanInput {
  /** In order; the version is named after the last. */
  readonly files: readonly PlanFile[];
  readonly schema: Schema;
  readonly facts: Facts;
  /** Default: the new version as a schema of views. */
  readonly versions?: VersionMode | undefined;
}

/**
 * Plans one migration, of one file or several that start together.
 * @throws MigrationError `syntax-error`, `unknown-directive`, `change-refused`, `expression-invalid`, `file-name`
 */
export async function plan({ files, schema, facts, versions: mode = "views" }: PlanInput): Promise<Plan> {
  await loadParser();
  const migration = files.at(-1)?.name ?? "";
  const versionSchema = `${schema.name}_${migration}`;
  if (byteLength(versionSchema) > identifierBytesMax) {
    throw new MigrationError("file-name", {
      happened: `The version schema ${versionSchema} would have ${byteLength(versionSchema)} bytes; a name may have ${identifierBytesMax}.`,
      safeNext: ["Give the migration file a shorter name."],
    });
  }
  assertNoVersionOffered(schema, mode);
  const statements = files.flatMap((file) => parseFile(file.file, file.text, file.origins));
  const names = namesOf(migration, versionSchema);
  const empty = startDraft({ mode, migration, versionSchema, names, schema, facts });
  const { draft, naive } = readStatements(statements, empty);
  const checks = files.flatMap((file) =>
    checksOf(file.file, file.text).map((check) => ({
      title: `check: ${check.value}`,
      sql: check.value.replace(/;\s*$/, ""),
    })),
  );
  const composed = compose({ draft, checks });
  const tables = touchedTables(draft, composed);
  const steps = withPredictedEffects(composed, schema, facts);
  const made: Plan = {
    schema: "shoofly.plan/1",
    migration,
    members: files.map(({ name, file, checksum, text, origins }) => ({
      name,
      file,
      checksum,
      ...(origins === undefined ? {} : { sql: text }),
    })),
    targetSchema: schema.name,
    versions: { old: schema.currentVersion, new: mode === "direct" ? null : versionSchema },
    searchPath: schema.searchPath,
    tables,
    fingerprint: fingerprintOf(schema, tables, files, mode),
    preflight: draft.preflight,
    hazards: [...naive.map((each) => findingOf(each, steps)), ...hazardsOf(draft, files)],
    steps,
    comparisons: comparisons({ draft, checks }),
    deployments: deploymentsOf(draft, schema.currentVersion),
  };
  return withEstimate(made, schema, assumedRates);
}

interface Naive {
  readonly statement: Statement;
  readonly rule: string;
  readonly message: string;
  /** What it locks, rewrites and scans; null: not known. */
  readonly effect: Effect | null;
}

function readStatements(statements: readonly Statement[], empty: Draft): { draft: Draft; naive: Naive[] } {
  const naive: Naive[] = [];
  let catalog = catalogOf(empty.schema);
  const draft = statements.reduce((before, statement) => {
    const node = ownNode(statement);
    const predicted = predictEffect(node, catalog, empty.facts);
    const effect = predicted === null ? null : onExisting(predicted, catalog);
    catalog = evolve(catalog, node, empty.facts);
    for (const match of operations) {
      const operation = match(statement, before);
      if (operation === null) continue;
      if (before.mode === "direct" && !operation.worksDirectly) refuseDirect(statement, operation.name);
      const after = operation.apply(before);
      naive.push({ statement, rule: operation.name, message: operation.message(before, effect), effect });
      return after;
    }
    return before;
  }, empty);
  return { draft, naive };
}

function refuseDirect(statement: Statement, name: string): never {
  return fail(
    "change-refused",
    statement.source,
    statement.start,
    `${name} has no way to show its old and its new form in one table at the same time.`,
    'Plan this migration with versioned views: --versions views   (or "versions": "views" in the configuration).',
  );
}

/** Views of an earlier version would not show the columns that clients are to use now. */
function assertNoVersionOffered(schema: Schema, mode: VersionMode): void {
  if (mode === "views" || schema.currentVersion === schema.name) return;
  throw new MigrationError("change-refused", {
    happened: `Clients use version ${schema.currentVersion}, whose views would not show columns that stand beside the old ones in the tables.`,
    safeNext: ["Plan this migration with versioned views, too: --versions views"],
  });
}

/** Tables whose structure the plan depends on: reshaped, indexed or updated ones, and those it creates. */
function touchedTables(draft: Draft, steps: readonly Step[]): string[] {
  const prefix = `${draft.schema.name}.`;
  const locked = new Set(
    steps.flatMap((step) => step.locks.filter((lock) => lock.mode !== "ACCESS SHARE").map((lock) => lock.relation)),
  );
  return Object.values(draft.tables)
    .filter(
      (table) =>
        table.table === null ||
        isReshaped(table) ||
        locked.has(prefix + table.name) ||
        draft.changes.some((change) => change.tables.includes(table.name)),
    )
    .flatMap((table) => [
      table.name,
      ...(table.newName === null || table.newName === table.name ? [] : [table.newName]),
    ])
    .map((name) => prefix + name)
    .toSorted();
}

/** SHA-256 over the structure of the touched tables, the files and the tool's major version; sizes and statistics left out. */
function fingerprintOf(
  schema: Schema,
  tables: readonly string[],
  files: readonly PlanFile[],
  mode: VersionMode,
): string {
  const structure = schema.tables.filter((table) => tables.includes(`${schema.name}.${table.name}`)).map(structureOf);
  const content = JSON.stringify({
    tool: toolVersion.split(".")[0],
    version: schema.currentVersion,
    ...(mode === "direct" ? { mode } : {}),
    // What a program rendered may change while its file does not.
    files: files.map((file) => (file.origins === undefined ? file.checksum : [file.checksum, file.text])),
    structure,
  });
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function structureOf(table: Table): unknown {
  const { rowsEstimate: _rows, bytes: _bytes, attributes: _attributes, ...structure } = table;
  return structure;
}

function findingOf({ statement, rule, message, effect }: Naive, steps: readonly Step[]): Finding {
  const start = placeAt(statement.source, statement.start);
  const end = placeAt(statement.source, statement.end);
  const lock = effect === null ? null : strongestLock(effect);
  const heavy = effect !== null && isHeavy(effect);
  // What is not known is never taken for harmless.
  const isLight = effect !== null && (lock === null || lock.blocks === "none");
  return {
    rule,
    severity: heavy ? "error" : isLight ? "info" : "warning",
    file: statement.source.file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    message,
    lock: lock?.mode ?? null,
    blocks: lock?.blocks ?? "none",
    rewrite: effect?.rewrite ?? false,
    scan: effect?.scan ?? false,
    heavy,
    plan: steps.filter((step) => step.kind !== "gate").map((step) => `${step.id} ${step.title}`),
    suppressed: null,
  };
}

/** Hazards of the plan itself: what a server makes impossible is named, not hidden. */
function hazardsOf(draft: Draft, files: readonly PlanFile[]): Finding[] {
  const [file] = files;
  const source = makeSource(file?.file ?? "", file?.text ?? "", file?.origins);
  const at = { file: source.file, ...placeAt(source, 0) };
  const reshaped = Object.values(draft.tables).filter(
    (table) => table.table !== null && (table.oldName !== table.newName || hasChangedColumns(table)),
  );
  const base =
    draft.schema.currentVersion === draft.schema.name && reshaped.length > 0
      ? [
          baseTableHazard(
            draft,
            reshaped.map((table) => table.oldName ?? table.name),
          ),
        ]
      : [];
  const inPlace = Object.values(draft.tables).filter(hasTypeInPlace);
  const prepared = inPlace.map((table) => ({
    rule: "base-table-prepared",
    message: `A column of ${table.name} changes its type in place: a named prepared statement that returns it fails once with "cached plan must not change result type" at start. Cure: prepare it again, or leave the strategy native out where it was chosen.`,
  }));
  const refusing = reshaped
    .filter(isSynced)
    .flatMap((table) =>
      table.columns
        .filter((column) => column.replacement?.narrowsBack === true)
        .map((column) => `${table.name}.${column.newName ?? ""}`),
    );
  const down =
    refusing.length === 0
      ? []
      : [
          {
            rule: "down-may-refuse",
            message: `While both versions are offered a value of ${refusing.join(", ")} that has no place in the old column is refused with SQLSTATE 22003; after complete it goes to the conflict ledger.`,
          },
        ];
  const fires = reshaped
    .filter(isSynced)
    .flatMap((table) =>
      (table.table?.triggers ?? [])
        .filter((trigger) => trigger.onUpdate && trigger.enabled)
        .map((trigger) => `${trigger.name} on ${table.name}`),
    );
  const triggers =
    fires.length === 0
      ? []
      : [
          {
            rule: "fill-fires-triggers",
            message: `The fill is an UPDATE: it fires ${fires.join(", ")} once for every row.`,
          },
        ];
  return [...base, ...prepared, ...down, ...triggers].map(({ rule, message }) => ({
    rule,
    severity: "warning",
    ...at,
    endLine: at.line,
    endColumn: at.column,
    message,
    lock: null,
    blocks: "none",
    rewrite: false,
    scan: false,
    heavy: false,
    plan: [],
    suppressed: null,
  }));
}

function baseTableHazard(draft: Draft, tables: readonly string[]): { rule: string; message: string } {
  if (draft.mode === "direct")
    return {
      rule: "direct-columns",
      message: `Old and new columns of ${tables.join(", ")} stand beside each other until complete. SELECT * and COPY without a column list meet the new ones from start on; statements that still name an old column fail from complete on, and nothing tells who they are: look through your applications first. A statement that writes both sides with values that do not agree goes to the conflict ledger, which keeps complete waiting.`,
    };
  return {
    rule: "base-table-prepared",
    message: `Clients that use ${tables.join(", ")} directly, not through a version schema: a named prepared statement fails once with "cached plan must not change result type" when a column it returns changes its type at complete or rollback, and SELECT * or COPY without a column list meets added columns from start on. Everything else goes on. Cure: move them to version ${draft.versionSchema} before complete.`,
  };
}
