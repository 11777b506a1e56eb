// ALTER COLUMN … TYPE: a second column of the new type, kept equal both ways, takes the old one's place at the switch.
import { deparseType } from "../../dialects/postgres/type-name.ts";
import type { ColumnDraft, Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { defaultOf, withColumn, withStep } from "../../dialects/postgres/draft.ts";
import { refuseUntellable, secondName } from "../../dialects/postgres/direct-columns.ts";
import { isFreeTypeChange } from "../../dialects/postgres/free-type-change.ts";
import { misfitCondition } from "../../dialects/postgres/narrowing.ts";
import { nativeTypeStep, obstacleToNative } from "../../dialects/postgres/native-type-change.ts";
import { directive, scanTokens, topLevel } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import {
  alterCommand,
  directiveExpression,
  existingColumn,
  newShape,
  oldShape,
  refuse,
  refuseDependents,
  refuseUnusualTable,
  templateFor,
} from "../../dialects/postgres/statement.ts";
import { withTypeChecks } from "../../dialects/postgres/type-change-checks.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Given by COLLATE; without it the new column has the collation of its type, as the naive statement would give. */
  readonly collation: string | null;
  readonly using: { readonly text: string; readonly start: number } | null;
}

export const changeColumnType: Operation<Change> = {
  name: "change-column-type",
  worksDirectly: true,
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_AlterColumnType");
    if (found === null) return null;
    return {
      table: found.table.name,
      column: found.column,
      type: deparseType(statement),
      collation: collateClause(statement),
      using: usingClause(statement),
    };
  },
  message: (change, _draft, effect) =>
    effect?.rewrite === false
      ? `Changing the type of ${change.table}.${change.column} ${effect.scan ? "reads the whole table or builds its indexes anew" : "keeps the table as it is, but waits for ACCESS EXCLUSIVE, and everybody else waits behind it"}${effect.scan ? " under ACCESS EXCLUSIVE" : ""}.`
      : `Changing the type of ${change.table}.${change.column} rewrites the table and its indexes under ACCESS EXCLUSIVE: reads and writes wait for the whole time.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const column = existingColumn(statement, table, change.column);
    refuseUnusualTable(statement, draft, table);
    if (isNative(change, statement, draft, table, column))
      return withStep(
        withColumn(draft, table, { ...column, type: change.type }),
        nativeTypeStep(draft, table, column, change.type),
      );
    refuseDependents(statement, table, column, draft.mode === "views");
    if (column.addition !== null || table.table === null)
      refuse(
        statement,
        `Column ${change.column} is added by the same migration.`,
        "Give it its final type where it is added.",
      );
    if (column.replacement !== null)
      refuse(
        statement,
        `Column ${change.column} changes twice in the same migration.`,
        "Write one change with the final type.",
      );
    const down = directiveExpression(statement, "down");
    const upText = directiveExpression(statement, "up") ?? change.using;
    if (upText !== null && down === null)
      refuse(
        statement,
        `USING says how ${change.column} becomes ${change.type}, but not how a value goes back into ${column.type}.`,
        `Add a line before the statement: -- shoofly:down EXPRESSION   (over the new ${change.column})`,
      );
    const up = upText === null ? oldShape(column) : templateFor(statement, table, draft, upText, oldShape);
    const second = draft.mode === "direct" ? secondName(statement, table, column) : null;
    refuseUntellable(statement, draft, column);
    const added: ColumnDraft = {
      ...column,
      newName: second ?? column.newName,
      replacement: {
        physical: second ?? draft.names.added(column.physical),
        type: change.type,
        collation: change.collation,
        up,
        down: [],
        notNull: column.column?.notNull ?? false,
        default: defaultOf(column),
        narrowsBack: true,
      },
    };
    const expanded = withColumn(draft, table, added);
    const expandedTable = expanded.tables[change.table];
    if (expandedTable === undefined || added.replacement === null) return draft;
    const downTemplate =
      down === null ? newShape(added) : templateFor(statement, expandedTable, expanded, down, newShape);
    const done: ColumnDraft = { ...added, replacement: { ...added.replacement, down: downTemplate } };
    return withTypeChecks(withColumn(expanded, expandedTable, done), done, statement, {
      table: expandedTable,
      at: (down ?? upText)?.start ?? statement.start,
      isExplicit: upText !== null,
    });
  },
};

/** Nothing that says how values become others. */
function isPlain(change: Change): boolean {
  return change.using === null && change.collation === null;
}

/** The way back counts as well: widening costs nothing, narrowing again would rewrite the table. Then only the author may choose it. */
function isNative(change: Change, statement: Statement, draft: Draft, table: TableDraft, column: ColumnDraft): boolean {
  const strategy = directive(statement, "strategy");
  if (strategy !== undefined && !["native", "expand"].includes(strategy.value))
    refuse(statement, `A type change has no strategy ${strategy.value}.`, "-- shoofly:strategy native   or   expand");
  if (strategy?.value === "expand") return false;
  const isWithValues =
    !isPlain(change) || ["up", "down", "as"].some((name) => statement.directives.some((each) => each.name === name));
  const obstacle = isWithValues
    ? "USING, up, down or COLLATE say more"
    : obstacleToNative(draft, table, column, change.type);
  const isFreeBack = isFreeTypeChange(change.type, column.type);
  if (strategy === undefined) return obstacle === null && isFreeBack;
  if (obstacle !== null)
    refuse(
      statement,
      `Column ${change.column} cannot change its type natively: ${obstacle}.`,
      "Leave the strategy out.",
    );
  if (!isFreeBack && misfitCondition(change.type, column.type, "") === null)
    refuse(
      statement,
      `Nobody knows which values of ${change.type} have no place in ${column.type}, so the undo could fail.`,
      "Leave the strategy out.",
    );
  return true;
}

function collateClause(statement: Statement): string | null {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = topLevel(scanTokens(text)).filter((token) => token.keyword);
  const collate = tokens.find((token) => token.text.toUpperCase() === "COLLATE");
  if (collate === undefined) return null;
  const using = tokens.find((token) => token.start > collate.end && token.text.toUpperCase() === "USING");
  return text.slice(collate.end, using?.start ?? text.length).trim();
}

/** The author's text between USING and the end of the command. */
function usingClause(statement: Statement): Change["using"] {
  const text = statement.source.text.slice(statement.start, statement.end);
  const using = topLevel(scanTokens(text)).find((token) => token.keyword && token.text.toUpperCase() === "USING");
  if (using === undefined) return null;
  const body = text.slice(using.end);
  return { text: body.trim(), start: statement.start + using.end + (body.length - body.trimStart().length) };
}
