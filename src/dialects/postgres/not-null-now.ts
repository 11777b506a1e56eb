// NOT NULL that old writers have to keep from the start, because the author says so.
import type { ColumnDraft, Draft, TableDraft } from "./draft.ts";
import { withColumn, withStep } from "./draft.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import { ddlStep, lockOn } from "./step-parts.ts";

export function enforceNotNullNow(draft: Draft, table: TableDraft, column: ColumnDraft): Draft {
  const base = quoteQualified(draft.schema.name, table.name);
  const check = quoteIdentifier(draft.names.check(table.name, column.physical));
  const step = ddlStep("expand", "staged", `${table.name}: refuse new NULLs in ${column.newName ?? ""} from now on`, {
    sql: [
      `ALTER TABLE ${base} ADD CONSTRAINT ${check} CHECK (${quoteIdentifier(column.physical)} IS NOT NULL) NOT VALID`,
    ],
    undo: [`ALTER TABLE ${base} DROP CONSTRAINT IF EXISTS ${check}`],
    locks: [lockOn(`${draft.schema.name}.${table.name}`, "ACCESS EXCLUSIVE")],
  });
  return withColumn(withStep(draft, step), table, { ...column, enforceNotNull: "from-start" });
}
