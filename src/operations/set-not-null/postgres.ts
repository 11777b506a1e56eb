// SET NOT NULL: proven by a NOT VALID check and VALIDATE; enforced for old writers only once their version is closed.
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { takeUpdateOf } from "../../dialects/postgres/derived-additions.ts";
import { columnNamed, withColumn } from "../../dialects/postgres/draft.ts";
import type { Template } from "../../dialects/postgres/expression.ts";
import { sameTypeReplacement } from "../../dialects/postgres/second-column.ts";
import {
  alterCommand,
  directiveExpression,
  existingColumn,
  oldShape,
  refuse,
  refuseUnusualTable,
  templateFor,
} from "../../dialects/postgres/statement.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { directive } from "../../dialects/postgres/parse.ts";
import type { ColumnDraft } from "../../dialects/postgres/draft.ts";
import { enforceNotNullNow } from "../../dialects/postgres/not-null-now.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
}

export const setNotNull: Operation<Change> = {
  name: "set-not-null",
  worksDirectly: true,
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_SetNotNull");
    return found === null ? null : { table: found.table.name, column: found.column };
  },
  message: (change, _draft, effect) =>
    `SET NOT NULL ${effect?.scan === false ? "waits for ACCESS EXCLUSIVE on" : "scans"} ${change.table}${effect?.scan === false ? "" : " under ACCESS EXCLUSIVE"}, and old clients that write NULL into ${change.column} fail from then on.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    const column = existingColumn(statement, table, change.column);
    if (column.column?.notNull === true && column.replacement === null) return draft;
    if (column.addition !== null) return enforceAddition(statement, draft, table, column);
    if (directive(statement, "enforce") !== undefined) return enforceNotNullNow(draft, table, column);
    const second = directiveExpression(statement, "up");
    if (draft.mode === "direct" && second !== null)
      refuse(
        statement,
        `Old clients may write NULL into ${change.column} until complete, and without views there is no second column that ${second.text} could fill.`,
        `Write an UPDATE that fills the NULLs before the statement: NOT NULL holds from complete on.`,
      );
    const up = draft.mode === "direct" && column.replacement === null ? null : upOf(change, statement, draft, table);
    if (column.replacement !== null) {
      const value = up?.value ?? null;
      const combined: Template =
        value === null ? column.replacement.up : ["coalesce(", ...column.replacement.up, ", ", ...value, ")"];
      return withColumn(up?.draft ?? draft, table, {
        ...column,
        replacement: { ...column.replacement, up: combined, notNull: true },
      });
    }
    if (up === null || carriesDependents(table, column))
      return withColumn(draft, table, { ...column, enforceNotNull: "from-switch" });
    const value: Template = up.isWhole ? up.value : ["coalesce(", { column: column.physical }, ", ", ...up.value, ")"];
    const replacement = sameTypeReplacement(draft, column, value, true);
    return withColumn(up.draft, table, { ...column, replacement });
  },
};

/** The value for NULLs: the directive, or the UPDATE before it that fills exactly them (which the second column then replaces). */
function upOf(
  change: Change,
  statement: Statement,
  draft: Draft,
  table: TableDraft,
): { value: Template; isWhole: boolean; draft: Draft } | null {
  const given = directiveExpression(statement, "up");
  if (given !== null) return { value: templateFor(statement, table, draft, given, oldShape), isWhole: true, draft };
  const fill = draft.changes.find(
    (each) => each.fillsNullsOf?.table === table.name && each.fillsNullsOf.column === change.column,
  );
  if (fill?.fillsNullsOf == null) return null;
  return {
    value: fill.fillsNullsOf.value,
    isWhole: false,
    draft: { ...draft, changes: draft.changes.filter((each) => each !== fill) },
  };
}

/** What a second column could not carry over; then the column itself is constrained at the switch. */
function carriesDependents(table: TableDraft, column: ColumnDraft): boolean {
  const found = table.table;
  const name = column.physical;
  if (found === null) return true;
  return (
    found.constraints.some(
      (each) => each.kind !== "check" && each.kind !== "not-null" && each.columns.includes(name),
    ) ||
    found.indexes.some((each) => each.unique && each.dependsOn.includes(name)) ||
    found.dependents.some((each) => each.column === name) ||
    found.carried.some((each) => each.columns.includes(name)) ||
    found.referencedBy.some((each) => each.columns.includes(name)) ||
    (column.column?.extras.length ?? 0) > 0 ||
    column.column?.identity !== null ||
    column.column.generated
  );
}

/** A column of the same migration: the UPDATE that fills it has to hold for rows of the old version, too. */
function enforceAddition(statement: Statement, draft: Draft, table: TableDraft, column: ColumnDraft): Draft {
  const taken = takeUpdateOf(statement, draft, table, column);
  const shape = taken.tables[table.name] ?? table;
  const now = columnNamed(shape, column.newName ?? "") ?? column;
  return now.addition === null
    ? taken
    : withColumn(taken, shape, { ...now, addition: { ...now.addition, lateNotNull: true } });
}
