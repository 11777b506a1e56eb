// Reads a FOREIGN KEY clause from the parser's tree: whom it references, and the words that follow, written out again.
import type { Constraint } from "libpg-query";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { fieldNames } from "./expression.ts";
import type { NewForeignKey } from "./new-constraint.ts";
import type { Statement } from "./parse.ts";
import { existingColumn, refuse } from "./statement.ts";

/** The codes of pg_constraint.confdeltype and confupdtype; `a` is the default, NO ACTION. */
const actions: Readonly<Record<string, string>> = {
  r: "RESTRICT",
  c: "CASCADE",
  n: "SET NULL",
  d: "SET DEFAULT",
};

/** The referenced table with its columns by their physical names; the primary key when the author names none. */
export function readReference(statement: Statement, draft: Draft, constraint: Constraint): NewForeignKey["references"] {
  const schema = constraint.pktable?.schemaname ?? draft.schema.name;
  const table = constraint.pktable?.relname ?? "";
  const given = fieldNames(constraint.pk_attrs);
  const found = schema === draft.schema.name ? draft.tables[table] : undefined;
  if (schema === draft.schema.name && found === undefined)
    refuse(statement, `There is no table ${table} in schema ${schema}.`, "Mend the name.");
  if (found === undefined || found.table === null) {
    if (given.length === 0)
      refuse(statement, `It is not said which columns of ${table} are referenced.`, `REFERENCES ${table} (column, …)`);
    return { schema, table, columns: given };
  }
  if (given.length > 0)
    return { schema, table, columns: given.map((name) => existingColumn(statement, found, name).physical) };
  const key = primaryKeyOf(draft, found);
  if (key === null) refuse(statement, `${table} has no primary key.`, `REFERENCES ${table} (column, …)`);
  return { schema, table, columns: key };
}

function primaryKeyOf(draft: Draft, table: TableDraft): readonly string[] | null {
  const added = draft.constraints.find((each) => each.table === table.name && each.kind === "primary-key");
  if (added !== undefined) return added.columns;
  return table.table?.constraints.find((each) => each.kind === "primary-key")?.columns ?? null;
}

/** ` ON DELETE … DEFERRABLE …`, with the columns of SET NULL by the names given. */
export function referenceTail(constraint: Constraint, setColumns: readonly string[]): string {
  const onUpdate = actions[constraint.fk_upd_action ?? ""];
  const onDelete = actions[constraint.fk_del_action ?? ""];
  const some = setColumns.length === 0 ? "" : ` (${setColumns.map(quoteIdentifier).join(", ")})`;
  return [
    onUpdate === undefined ? "" : ` ON UPDATE ${onUpdate}`,
    onDelete === undefined ? "" : ` ON DELETE ${onDelete}${some}`,
    deferrability(constraint),
    constraint.is_enforced === true ? "" : " NOT ENFORCED",
  ].join("");
}

export function deferrability(constraint: Constraint): string {
  if (constraint.deferrable !== true) return "";
  return constraint.initdeferred === true ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}
