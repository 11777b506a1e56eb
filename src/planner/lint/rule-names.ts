// Every name that a finding may have as its rule: of operations, of rules, and of what has no folder of its own.
import type { Node } from "libpg-query";
import { operations } from "../../operations/index.ts";
import { rules } from "../../rules/index.ts";

/** Rules of statements that no operation plans, by the parser's kind. */
const kinds: Readonly<Record<string, string>> = {
  AlterTableStmt: "alter-table",
  AlterDomainStmt: "alter-domain",
  CreateStmt: "create-table",
  CreateTrigStmt: "create-trigger",
  DeleteStmt: "delete-rows",
  IndexStmt: "create-index",
  RefreshMatViewStmt: "refresh-materialized-view",
  ReindexStmt: "reindex",
  UpdateStmt: "update-rows",
};

/** Rules of names that go away and that no operation takes away in steps. */
const takenAway = [
  ...[
    "view",
    "materialized-view",
    "function",
    "procedure",
    "routine",
    "aggregate",
    "type",
    "domain",
    "schema",
    "sequence",
  ].flatMap((word) => [`drop-${word}`, `rename-${word}`]),
  "drop-table",
  "rename-table",
  "drop-column",
  "rename-column",
  "rename-attribute",
  "drop-extension",
  "drop-database",
  "set-schema",
  "rename-enum-value",
];

const ownRules: Readonly<Record<string, string>> = {
  "unused-allow": "an accepted risk that is not there",
  "expired-allow": "a risk was accepted until a day that is over",
};

export const ruleNames: readonly string[] = [
  ...new Set([
    ...operations.map(({ operation }) => operation),
    ...rules.map(({ name }) => name),
    ...Object.values(kinds),
    ...takenAway,
    ...Object.keys(ownRules),
  ]),
].toSorted();

/** The rule of a statement that no operation knows. */
export function fallbackRule(node: Node): string {
  return kinds[Object.keys(node)[0] ?? ""] ?? "raw";
}

/** One sentence about a rule, for lists of rules. */
export function ruleSummary(name: string): string {
  const known = rules.find((rule) => rule.name === name)?.summary ?? ownRules[name];
  const words = name.replaceAll("-", " ");
  return (
    known ??
    (/^(drop|rename)-/.test(name)
      ? `${words}: running clients still use the name`
      : `${words}: clients wait while the statement works`)
  );
}
