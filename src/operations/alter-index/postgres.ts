// ALTER INDEX … SET, RESET and SET STATISTICS: metadata only, the old values come back with the undo.
import type { AlterTableCmd } from "libpg-query";
import type { Index } from "../../core/schema.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly index: string;
  readonly command: AlterTableCmd;
}

export const alterIndex: Operation<Change> = {
  name: "alter-index",
  match: (statement, draft) => {
    if (!("AlterTableStmt" in statement.node) || statement.command === null) return null;
    const { objtype, relation } = statement.node.AlterTableStmt;
    if (objtype !== "OBJECT_INDEX" || (relation?.schemaname ?? draft.schema.name) !== draft.schema.name) return null;
    return { index: relation?.relname ?? "", command: statement.command };
  },
  message: (change, _draft, effect) =>
    effect?.rewrite === true
      ? `This copies the index ${change.index} while everybody waits.`
      : `ALTER INDEX ${change.index} changes the catalogs only.`,
  apply: (change, statement, draft) => {
    const table = Object.values(draft.tables).find(
      (each) => each.table?.indexes.some((index) => index.name === change.index) === true,
    );
    const index = table?.table?.indexes.find((each) => each.name === change.index);
    if (table === undefined || index === undefined)
      return refuse(
        statement,
        `There is no index ${change.index} in schema ${draft.schema.name} now.`,
        "Mend the name; settings of a new index belong into its CREATE INDEX.",
      );
    const undo = undoOf(change.command, index);
    if (undo === null)
      return refuse(
        statement,
        "This ALTER INDEX copies the index under lock, or cannot be taken back.",
        "This needs the rebuild strategy; if you know better, add a line before the statement: -- shoofly:raw",
      );
    const target = quoteQualified(draft.schema.name, change.index);
    return withStep(
      draft,
      ddlStep("expand", "native", `${table.name}: settings of index ${change.index}`, {
        sql: [statement.text],
        undo: undo.map((clause) => `ALTER INDEX ${target} ${clause}`),
        locks: [lockOn(`${draft.schema.name}.${change.index}`, "SHARE UPDATE EXCLUSIVE")],
      }),
    );
  },
};

/** The clauses that give the old values back; null when there are none. */
function undoOf(command: AlterTableCmd, index: Index): string[] | null {
  if (command.subtype === "AT_SetStatistics") {
    const before = index.statistics.find((each) => each.column === command.num)?.target ?? -1;
    return command.num === undefined ? null : [`ALTER COLUMN ${command.num} SET STATISTICS ${before}`];
  }
  if (command.subtype !== "AT_SetRelOptions" && command.subtype !== "AT_ResetRelOptions") return null;
  const names =
    command.def !== undefined && "List" in command.def
      ? (command.def.List.items ?? []).flatMap((item) => ("DefElem" in item ? [item.DefElem.defname ?? ""] : []))
      : [];
  return names.map((name) => {
    const before = index.options.find((option) => option.startsWith(`${name}=`));
    return before === undefined ? `RESET (${name})` : `SET (${before})`;
  });
}
