// ADD FOREIGN KEY: NOT VALID under a short lock on both tables, then VALIDATE; on existing columns from the switch on.
import type { Constraint } from "libpg-query";
import {
  addedConstraint,
  constraintName,
  enforcementOf,
  namedColumns,
  physicalNames,
  runAsWritten,
  withConstraint,
  withUp,
} from "../../dialects/postgres/constraint-clause.ts";
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { readReference, referenceTail } from "../../dialects/postgres/foreign-key-clause.ts";
import type { NewForeignKey } from "../../dialects/postgres/new-constraint.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { preflightAt, refuse } from "../../dialects/postgres/statement.ts";
import { quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly constraint: Constraint;
}

export const addForeignKey: Operation<Change> = {
  name: "add-foreign-key",
  match: (statement, draft) => addedConstraint(statement, draft, "CONSTR_FOREIGN"),
  message: (change) => {
    const both = `${change.table} and ${change.constraint.pktable?.relname ?? ""}`;
    return change.constraint.skip_validation === true
      ? `ADD FOREIGN KEY … NOT VALID stops writes of ${both} for a moment, and old clients that break it fail from then on.`
      : `ADD FOREIGN KEY keeps every write of ${both} waiting while all rows are looked up, and old clients that break it fail from then on.`;
  },
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    const { constraint } = change;
    const names = fieldNames(constraint.fk_attrs);
    const name = constraintName(statement, draft, constraint.conname, {
      table: change.table,
      columns: names,
      label: "fkey",
    });
    const references = readReference(statement, draft, constraint);
    if (references.columns.length !== names.length)
      refuse(
        statement,
        `${names.length} columns cannot reference ${references.columns.length}.`,
        "Name as many columns on both sides.",
      );
    if (table.table === null)
      return runAsWritten(draft, statement, change.table, name, [`${references.schema}.${references.table}`]);
    refuseUnusual(statement, draft, table);
    const expanded = withUp(statement, draft, table, names);
    const shape = expanded.tables[change.table] ?? table;
    const columns = namedColumns(statement, shape, constraint.fk_attrs);
    const isEnforced = constraint.is_enforced === true;
    const key = keyState(draft, references);
    const changing = changingColumn(draft, references);
    if (changing !== undefined)
      refuse(
        statement,
        `The referenced column ${changing} gets a second column in the same migration.`,
        "Put the foreign key into a migration of its own.",
      );
    if (key === "none")
      refuse(
        statement,
        `No unique or primary key of ${references.table} is over ${references.columns.join(", ")}.`,
        "Add the key first.",
      );
    const added: NewForeignKey = {
      kind: "foreign-key",
      table: change.table,
      name,
      columns: physicalNames(columns),
      references,
      isMatchFull: constraint.fk_matchtype === "f",
      tail: referenceTail(constraint, fieldNames(constraint.fk_del_set_cols)),
      isValidated: isEnforced && constraint.skip_validation !== true,
      enforced: key === "late" || isEnforced ? lateOr(key, enforcementOf(statement, columns)) : "from-start",
      isLate: key === "late",
    };
    const done = withConstraint(expanded, statement, added);
    return key === "unknown" ? withKeyCheck(done, statement, added) : done;
  },
};

function lateOr(key: string, enforced: NewForeignKey["enforced"]): NewForeignKey["enforced"] {
  return key === "late" ? "from-switch" : enforced;
}

function refuseUnusual(statement: Statement, draft: Draft, table: TableDraft): void {
  if (table.table?.kind === "foreign")
    refuse(statement, `${table.name} is a foreign table: it cannot have a foreign key.`, "Leave it out.");
  if (table.table?.kind === "partitioned" && draft.facts.major < 18)
    refuse(
      statement,
      `${table.name} is partitioned, and PostgreSQL ${draft.facts.major} cannot add a foreign key to it without a scan under lock.`,
      "PostgreSQL 18 can; until then add it to each partition.",
    );
}

function changingColumn(draft: Draft, references: NewForeignKey["references"]): string | undefined {
  if (references.schema !== draft.schema.name) return undefined;
  return draft.tables[references.table]?.columns.find(
    (column) => column.replacement !== null && references.columns.includes(column.physical),
  )?.physical;
}

/** Whether the referenced columns have a key: now, only after the switch, not at all, or somewhere that was not looked at. */
function keyState(draft: Draft, references: NewForeignKey["references"]): "now" | "late" | "none" | "unknown" {
  if (references.schema !== draft.schema.name) return "unknown";
  const table = draft.tables[references.table];
  if (table === undefined || table.table === null) return "unknown";
  const isSame = (columns: readonly (string | null)[]): boolean =>
    columns.length === references.columns.length && references.columns.every((column) => columns.includes(column));
  const dropped = draft.dropped.filter((each) => each.table === table.name).map((each) => each.name);
  const isThere = table.table.indexes.some(
    (index) =>
      index.unique &&
      !index.partial &&
      !dropped.includes(index.constraint ?? "") &&
      isSame(index.columns.slice(0, index.keys)),
  );
  const added = draft.constraints.find(
    (each) =>
      each.table === table.name && (each.kind === "unique" || each.kind === "primary-key") && isSame(each.columns),
  );
  if (added !== undefined) return added.enforced === "from-start" && added.kind === "unique" ? "now" : "late";
  return isThere ? "now" : "none";
}

/** The catalogs of another schema are asked before anything runs. */
function withKeyCheck(draft: Draft, statement: Statement, { name, references }: NewForeignKey): Draft {
  if (references.schema === draft.schema.name) return draft;
  const relation = quoteLiteral(quoteQualified(references.schema, references.table)).trim();
  const columns = references.columns.map((column) => quoteLiteral(column).trim()).join(", ");
  const check = preflightAt(statement, statement.start, {
    title: `${name}: a key of ${references.schema}.${references.table} over the referenced columns`,
    expects: "empty",
    sql: `SELECT 'no unique key' AS problem WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = ${relation}::regclass AND i.indisunique AND i.indpred IS NULL AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text) FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) = (SELECT array_agg(c ORDER BY c) FROM unnest(ARRAY[${columns}]) AS c))`,
    code: "change-refused",
    hint: "Add the key first.",
  });
  return { ...draft, preflight: [...draft.preflight, check] };
}
