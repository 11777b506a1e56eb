// DROP NOT NULL: metadata only; the way back is proven by a check before the column is tightened again.
import { withStep } from "../../dialects/postgres/draft.ts";
import {
  alterCommand,
  baseName,
  existingColumn,
  literal,
  refuse,
  refuseUnusualTable,
} from "../../dialects/postgres/statement.ts";
import { archiveStatement } from "../../dialects/postgres/fill.ts";
import { stateSchema } from "../../dialects/postgres/names.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly column: string;
}

export const dropNotNull: Operation<Change> = {
  name: "drop-not-null",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_DropNotNull");
    return found === null ? null : { table: found.table.name, column: found.column };
  },
  message: (change) =>
    `DROP NOT NULL waits for ACCESS EXCLUSIVE, and clients that do not expect NULL in ${change.table}.${change.column} will meet it.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    refuseUnusualTable(statement, draft, table);
    const column = existingColumn(statement, table, change.column);
    if (column.replacement !== null || column.addition !== null)
      refuse(
        statement,
        `Column ${change.column} is changed by the same migration.`,
        "Put DROP NOT NULL into a migration of its own.",
      );
    if (column.column?.notNull !== true) return draft;
    if (
      table.table?.constraints.some((each) => each.kind === "primary-key" && each.columns.includes(column.physical)) ===
      true
    )
      refuse(statement, `Column ${change.column} is part of the primary key.`, "A primary key column cannot be NULL.");
    const base = baseName(draft, table);
    const name = quoteIdentifier(column.physical);
    if (table.newName !== table.name)
      refuse(
        statement,
        "The way back would look for NULLs under the table's old name.",
        "Put the rename of the table into a migration of its own.",
      );
    const check = draft.names.check(table.name, column.physical);
    const exists = `SELECT FROM pg_catalog.pg_constraint WHERE conname = ${literal(check)} AND conrelid = ${literal(base)}::regclass`;
    const nulls = `SELECT * FROM ${base} WHERE ${name} IS NULL`;
    return withStep(
      draft,
      ddlStep("expand", "native", `${table.name}: allow NULL in ${change.column}`, {
        sql: [`ALTER TABLE ${base} ALTER COLUMN ${name} DROP NOT NULL`],
        locks: [lockOn(`${draft.schema.name}.${table.name}`, "ACCESS EXCLUSIVE")],
        undo: [
          `DO ${literal(`BEGIN IF NOT EXISTS (${exists}) THEN ALTER TABLE ${base} ADD CONSTRAINT ${quoteIdentifier(check)} CHECK (${name} IS NOT NULL) NOT VALID; END IF; END`)}`,
          `ALTER TABLE ${base} VALIDATE CONSTRAINT ${quoteIdentifier(check)}`,
          `ALTER TABLE ${base} ALTER COLUMN ${name} SET NOT NULL`,
          `ALTER TABLE ${base} DROP CONSTRAINT IF EXISTS ${quoteIdentifier(check)}`,
        ],
        undoTransaction: false,
        long: true,
        loss: [
          {
            what: `rows of ${draft.schema.name}.${table.name} with NULL in ${change.column}`,
            countSql: `SELECT count(*) FROM ${base} WHERE ${name} IS NULL`,
            archiveSql: [
              archiveStatement(quoteQualified(stateSchema, draft.names.archive(`${table.name}_rows`)), nulls),
              `DELETE FROM ${base} WHERE ${name} IS NULL`,
            ],
          },
        ],
      }),
    );
  },
};
