// `shoofly plan --sql`: every statement of the plan, in order, with its undo, as one commented script.
import type { Plan } from "../core/plan.ts";
import type { Step } from "../core/step.ts";
import { locksInWords } from "./plan-parts.ts";

function closed(statement: string): string {
  return /;\s*$/.test(statement) ? statement.trimEnd() : `${statement.trimEnd()};`;
}

function commented(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split("\n")).map((line) => `--   ${line}`.trimEnd());
}

function statementsOf(step: Step): readonly string[] {
  const statements = step.sql.map(closed);
  if (step.kind === "backfill") return ["-- once per chunk, with the chunk's bounds as $1, $2 …", ...statements];
  if (step.kind === "verify") return step.checks.flatMap((check) => [`-- ${check.title}`, closed(check.sql)]);
  if (step.kind === "gate") return [`-- waits: ${step.title}`];
  return step.transaction ? ["BEGIN;", ...statements, "COMMIT;"] : statements;
}

function stepSql(step: Step, index: number): string {
  const undo = step.reversible
    ? step.undo.length === 0
      ? []
      : ["-- undo:", ...commented(step.undo.map(closed))]
    : ["-- undo: NONE"];
  return [
    `-- ${index + 1}. ${step.id}: ${step.title}`,
    ...commented(locksInWords(step)),
    ...statementsOf(step),
    ...undo,
  ].join("\n");
}

export function planSql(plan: Plan): string {
  const head = [
    `-- ${plan.migration}: ${plan.versions.old} → ${plan.versions.new ?? "columns beside the old ones"}`,
    `-- fingerprint ${plan.fingerprint}`,
    "-- For reading. `shoofly start` adds what makes it safe: lock timeouts, retries, the journal, verification.",
  ].join("\n");
  const naive = plan.members.flatMap(({ file, sql }) =>
    sql === undefined ? [] : [[`-- ${file} stands for:`, ...commented([sql])].join("\n")],
  );
  return `${[head, ...naive, ...plan.steps.map(stepSql)].join("\n\n")}\n`;
}
