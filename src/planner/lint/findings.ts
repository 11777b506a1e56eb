// The findings of one file: of operations, of rules, and about its own comments.
import type { Node, RangeVar } from "libpg-query";
import { MigrationError } from "../../core/error.ts";
import type { Finding, Severity, Unanalysed } from "../../core/finding.ts";
import type { Schema } from "../../core/schema.ts";
import { constraintDefinitionsOf } from "../../dialects/postgres/column-definitions.ts";
import { keyOf, relationOf } from "../../dialects/postgres/effects/catalog-model.ts";
import type { Rule, RuleHit } from "../../rules/contract.ts";
import { rules } from "../../rules/index.ts";
import { judgeAllows } from "./accept.ts";
import type { PlacedFinding } from "./accept.ts";
import { readAllows } from "./allow.ts";
import { breakageOf, madeBy } from "./breakage.ts";
import type { Breakage } from "./breakage.ts";
import { consequenceOf } from "./consequence.ts";
import { cureOf } from "./cure.ts";
import type { Cure } from "./cure.ts";
import type { TableSize } from "./duration.ts";
import { placesIn } from "./places.ts";
import type { ReadFile, ReadStatement } from "./read-file.ts";
import { manyRowsOf } from "./rows.ts";
import { fallbackRule } from "./rule-names.ts";
import type { LintSettings } from "./settings.ts";
import { statementsOf } from "./units.ts";

export interface FindingContext {
  readonly schema: Schema | null;
  readonly sizes: ReadonlyMap<string, TableSize>;
  readonly major: number;
  readonly settings: LintSettings;
  readonly today: string;
  readonly indexesOf: (range: RangeVar | undefined) => readonly (readonly string[])[] | null;
}

/** A finding before it has its place in lines and columns. */
interface Raw extends Omit<Finding, "file" | "line" | "column" | "endLine" | "endColumn" | "suppressed"> {
  readonly start: number;
  readonly end: number;
  /** Start of the whole statement, as allows name it; null for the file. */
  readonly statement: number | null;
}

const noEffect = { lock: null, blocks: "none", rewrite: false, scan: false, heavy: false } as const;

export function findingsOf(
  file: ReadFile,
  context: FindingContext,
): { readonly findings: readonly Finding[]; readonly unanalysed: readonly Unanalysed[] } {
  const place = placesIn(file.text, file.origins);
  const at = (range: { readonly start: number; readonly end: number }): Omit<Unanalysed, "reason"> => {
    const [start, end] = [place(range.start), place(range.end)];
    return { file: file.file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
  const comments = file.gaps.map((gap, index) => readAllows(file.text, gap, index === 0));
  const allows = comments.flatMap((each) => each.allows);
  const hits = rules.flatMap((rule) =>
    isAsked(rule, context.settings)
      ? rule.check({ ...file, indexesOf: context.indexesOf }).map((hit) => ({ rule, hit }))
      : [],
  );
  // Statements that a rule explains are left to it, even when it is turned off: then somebody wants to hear nothing.
  const explained = new Set(hits.filter(({ rule }) => rule.explainsEffect).map(({ hit }) => hit.statement));
  const placed = [
    ...hits
      .filter(({ rule, hit }) => !isSaidAlready(rule, hit, explained))
      .map(({ rule, hit }) => ruleFinding(rule, hit, file, context)),
    ...statementFindings(file, explained, context),
  ]
    .toSorted((a, b) => a.start - b.start)
    .flatMap((raw): PlacedFinding[] => {
      const severity = severityIn(context.settings, raw.rule, raw.severity);
      if (severity === null) return [];
      const { start, end, statement, ...rest } = raw;
      return [{ finding: { ...rest, severity, ...at({ start, end }), suppressed: null }, statement }];
    });
  const judged = judgeAllows(placed, allows, context.today);
  const aboutAllows = judged.complaints.flatMap(({ rule, allow, message, plan }): Finding[] => {
    const severity = severityIn(context.settings, rule, "warning");
    return severity === null ? [] : [{ rule, severity, ...at(allow), message, ...noEffect, plan, suppressed: null }];
  });
  const unanalysed = [
    ...file.broken.map((part) => ({ ...at(part), reason: part.reason })),
    ...file.statements
      .filter((statement) => statement.effect === null)
      .map((statement) => ({ ...at(statement), reason: unknownBecause(statement.node) })),
    ...comments.flatMap((each) => each.complaints).map((part) => ({ ...at(part), reason: part.message })),
  ];
  const byPlace = (a: Unanalysed | Finding, b: Unanalysed | Finding): number => a.line - b.line || a.column - b.column;
  return {
    findings: [...judged.findings, ...aboutAllows].toSorted(byPlace),
    unanalysed: unanalysed.toSorted(byPlace),
  };
}

/** Null: the rule is off. */
function severityIn(settings: LintSettings, rule: string, usual: Severity): Severity | null {
  const set = settings.rules[rule];
  if (set === "off") return null;
  // What is harmless because the table is small stays so.
  return set === undefined || usual === "info" ? usual : set;
}

/** Rules of style have to be turned on by name. */
function isAsked(rule: Rule, settings: LintSettings): boolean {
  return rule.isDefault || settings.rules[rule.name] !== undefined;
}

/** Long work under a lock is said once: by the rule that knows what the statement is about. */
function isSaidAlready(rule: Rule, hit: RuleHit, explained: ReadonlySet<unknown>): boolean {
  return rule.name === "work-after-lock" && explained.has(hit.statement);
}

function ruleFinding(rule: Rule, hit: RuleHit, file: ReadFile, context: FindingContext): Raw {
  const read = file.statements.find((each) => each === hit.statement);
  const firstLine = file.text.indexOf("\n");
  const start = hit.start ?? hit.statement?.start ?? 0;
  const end = hit.end ?? hit.statement?.end ?? (firstLine === -1 ? file.text.length : firstLine);
  const effect = rule.explainsEffect ? (hit.statement?.effect ?? noEffect) : noEffect;
  const measured = rule.bySize && read !== undefined ? consequenceOf(situationOf(read, null, context)) : null;
  return {
    rule: rule.name,
    severity: severityFor(rule, measured?.severity),
    message: measured === null ? hit.message : `${hit.message} ${measured.message}`,
    ...effect,
    plan: hit.plan,
    start,
    end,
    statement: read?.whole.start ?? null,
  };
}

function severityFor(rule: Rule, measured: Severity | undefined): Severity {
  return measured === "info" ? "info" : rule.severity;
}

function statementFindings(file: ReadFile, explained: ReadonlySet<unknown>, context: FindingContext): Raw[] {
  return file.statements.flatMap((statement, index): Raw[] => {
    if (explained.has(statement)) return [];
    const lost = breakageOf(statement.node, statement.isNew);
    const breakage = lost !== null && isMadeAgain(lost, file.statements.slice(index + 1)) ? null : lost;
    const situation = situationOf(statement, breakage, context);
    const consequence = consequenceOf(situation);
    if (consequence === null) return [];
    const cure = cureFor(statement, file, context);
    const refusal = cure.refusal === null ? "" : ` No safe plan: ${cure.refusal}`;
    const rule = cure.operation === "raw" ? (breakage?.rule ?? fallbackRule(statement.node)) : cure.operation;
    return [
      {
        rule,
        severity: consequence.severity,
        message: `${consequence.message}${refusal}`,
        ...(statement.effect ?? noEffect),
        plan: cure.plan,
        start: statement.start,
        end: statement.end,
        statement: statement.whole.start,
      },
    ];
  });
}

/** A view or function that the same file drops and makes again is replaced, not gone. */
function isMadeAgain(breakage: Breakage, later: readonly ReadStatement[]): boolean {
  if (breakage.objects.length === 0 || breakage.objects.some((object) => /^(table|column) /.test(object))) return false;
  const made = new Set(later.flatMap(({ node }) => madeBy(node)));
  return breakage.objects.every((object) => made.has(object));
}

function situationOf(
  statement: ReadStatement,
  breakage: Breakage | null,
  context: FindingContext,
): Parameters<typeof consequenceOf>[0] {
  const rows = manyRowsOf(statement.node, (range) => relationOf(statement.catalog, range));
  const table = rows === null ? null : relationOf(statement.catalog, rows.range);
  const { smallTable } = context.settings;
  return {
    effect: statement.effect ?? noEffect,
    locks: statement.locks,
    breakage,
    manyRows:
      rows === null || table === null || statement.isNew(rows.range) ? null : { verb: rows.verb, table: keyOf(table) },
    isIndexBuild: isIndexBuild(statement.node),
    sizeOf: (relation) => context.sizes.get(relation) ?? null,
    isSmall: (size) => size.rows <= smallTable.rows && size.bytes <= smallTable.bytes,
  };
}

function isIndexBuild(node: Node): boolean {
  if ("IndexStmt" in node || "ReindexStmt" in node) return true;
  return constraintDefinitionsOf(node).some(({ constraint }) =>
    ["CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"].includes(constraint.contype ?? ""),
  );
}

function cureFor(statement: ReadStatement, file: ReadFile, { schema, major }: FindingContext): Cure {
  const parsed = statementsOf(statement.whole, file.text);
  if (parsed instanceof MigrationError) return { operation: "raw", plan: [], refusal: null };
  const own = parsed.find((each) => statement.whole.gapStart + each.start === statement.start) ?? parsed[0];
  if (own === undefined) return { operation: "raw", plan: [], refusal: null };
  const migration = file.file.replace(/^.*[\\/]/, "").replace(/\.(?:sql|ts|yaml|json)$/, "");
  return cureOf({ statement: own, catalog: statement.catalog, schema, major, migration });
}

function unknownBecause(node: Node): string {
  if ("DoStmt" in node) return "What a DO block does is known only when it runs; nobody has looked into it.";
  if ("CallStmt" in node) return "What a procedure does is known only when it runs.";
  return "The locks of this statement are not known.";
}
