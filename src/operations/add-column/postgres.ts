// ADD COLUMN: metadata only for NULL and constant defaults; otherwise the column first and its values in chunks.
import type { ColumnDef } from "libpg-query";
import { columnNamed, withTable } from "../../dialects/postgres/draft.ts";
import { nextValue } from "../../dialects/postgres/added-sequence.ts";
import type { AddedSequence } from "../../dialects/postgres/added-sequence.ts";
import type { Addition, ColumnDraft, Draft } from "../../dialects/postgres/draft.ts";
import {
  columnParts,
  constraintKinds,
  constraintOf,
  identityOptions,
  serialTypes,
  typeNameOf,
} from "../../dialects/postgres/column-definition.ts";
import { catalogOf } from "../../dialects/postgres/effects/catalog.ts";
import { volatilityOf } from "../../dialects/postgres/effects/volatility.ts";
import { generatedAddition } from "../../dialects/postgres/generated-column.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import {
  alterCommand,
  directiveExpression,
  oldShape,
  refuse,
  refuseUnusualTable,
  templateFor,
} from "../../dialects/postgres/statement.ts";
import { stateSchema } from "../../dialects/postgres/names.ts";
import { deriveName, quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly definition: ColumnDef;
  readonly isOptional: boolean;
}

export const addColumn: Operation<Change> = {
  name: "add-column",
  worksDirectly: true,
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_AddColumn");
    const definition = found?.command.def;
    if (found === null || definition === undefined || !("ColumnDef" in definition)) return null;
    return { table: found.table.name, definition: definition.ColumnDef, isOptional: found.command.missing_ok === true };
  },
  message: (change, _draft, effect) => {
    const name = `${change.table}.${change.definition.colname ?? ""}`;
    if (effect?.rewrite === true)
      return `The value of ${name} is computed for every row: the table is rewritten under ACCESS EXCLUSIVE.`;
    if (effect?.scan === true) return `Adding ${name} reads the whole table under ACCESS EXCLUSIVE.`;
    return `Adding ${name} waits for ACCESS EXCLUSIVE, and everybody else waits behind it.`;
  },
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    const name = change.definition.colname ?? "";
    if (table === undefined) return draft;
    if (columnNamed(table, name) !== undefined) {
      if (change.isOptional) return draft;
      refuse(statement, `Table ${change.table} already has a column ${name}.`, "Choose another name.");
    }
    refuseUnusualTable(statement, draft, table);
    if (table.table === null)
      refuse(statement, `Table ${change.table} is created by the same migration.`, "Put the column into CREATE TABLE.");
    refuseConstraints(change, statement, draft);
    const isTaken = table.columns.some((column) => column.physical === name);
    if (isTaken && draft.mode === "direct")
      refuse(statement, `Table ${change.table} keeps its column ${name} until purge.`, "Choose another name.");
    const up = directiveExpression(statement, "up");
    const column: ColumnDraft = {
      oldName: null,
      newName: name,
      physical: isTaken ? draft.names.added(name) : name,
      type: serialTypes[typeNameOf(change.definition)] ?? columnParts(statement).type,
      column: null,
      replacement: null,
      addition: additionOf(
        change,
        statement,
        draft,
        up === null ? null : templateFor(statement, table, draft, up, oldShape),
      ),
      down: null,
      enforceNotNull: "no",
    };
    if (draft.mode === "direct" && (column.addition?.sequence ?? column.addition?.generatedFrom) !== undefined)
      refuse(
        statement,
        `The values of ${name} are made by the server, so no row shows which side wrote it.`,
        "Plan this migration with versioned views: --versions views",
      );
    return withTable(draft, { ...table, columns: [...table.columns, column] });
  },
};

function additionOf(change: Change, statement: Statement, draft: Draft, up: Addition["up"]): Addition {
  const { type, collation, defaultText } = columnParts(statement);
  const sequence = sequenceOf(change, statement, draft, type);
  if (sequence !== null) {
    const value = nextValue(sequence);
    return { definition: sequence.type, up, default: value, lateDefault: value, lateNotNull: true, sequence };
  }
  const generated = constraintOf(change.definition, "CONSTR_GENERATED");
  const table = draft.tables[change.table];
  if (generated !== undefined && table !== undefined)
    return generatedAddition(change.definition, table, statement, `${type}${collation}`);
  const isNotNull = constraintKinds(change.definition).includes("CONSTR_NOTNULL");
  const head = `${type}${collation}`;
  if (up !== null)
    return { definition: head, up, default: defaultText, lateDefault: defaultText, lateNotNull: isNotNull };
  if (defaultText === null) {
    if (isNotNull)
      refuse(
        statement,
        `A NOT NULL column without a default has no value for the rows that are there, nor for those the old version writes.`,
        "Add a DEFAULT, or a line before the statement: -- shoofly:up EXPRESSION",
      );
    return { definition: head, up: null, default: null, lateDefault: null, lateNotNull: false };
  }
  // A constant default is kept in the catalog and touches no row (manual, ALTER TABLE, Notes, since version 11).
  if (!volatileDefault(change.definition, draft))
    return {
      definition: `${head} DEFAULT ${defaultText}${isNotNull ? " NOT NULL" : ""}`,
      up: null,
      default: defaultText,
      lateDefault: null,
      lateNotNull: false,
    };
  return { definition: head, up: null, default: defaultText, lateDefault: defaultText, lateNotNull: isNotNull };
}

/** Serial and identity: numbers from a sequence, given to the rows that are there in chunks. */
function sequenceOf(change: Change, statement: Statement, draft: Draft, type: string): AddedSequence | null {
  const column = change.definition.colname ?? "";
  const serial = serialTypes[typeNameOf(change.definition)];
  if (serial !== undefined) {
    const name = deriveName(change.table, column, "seq");
    if (draft.schema.otherRelations.some((each) => each.name === name))
      refuse(
        statement,
        `There is already a relation ${name}, which the sequence would be called.`,
        "Rename one of them.",
      );
    return { kind: "serial", name: quoteQualified(draft.schema.name, name), type: serial, options: "" };
  }
  const identity = constraintOf(change.definition, "CONSTR_IDENTITY");
  if (identity === undefined) return null;
  const names = (identity.options ?? []).map((node) => ("DefElem" in node ? node.DefElem.defname : ""));
  if (names.includes("sequence_name"))
    refuse(statement, `The sequence of ${column} cannot have a name of its own.`, "Leave SEQUENCE NAME out.");
  return {
    kind: identity.generated_when === "a" ? "always" : "by default",
    name: quoteQualified(stateSchema, deriveName("sequence", draft.names.tag, change.table, column)),
    type,
    options: identityOptions(statement),
  };
}

function refuseConstraints(change: Change, statement: Statement, draft: Draft): void {
  const reasons: Readonly<Record<string, string>> = {
    CONSTR_CHECK: "an inline CHECK scans the table under ACCESS EXCLUSIVE",
    CONSTR_UNIQUE: "an inline UNIQUE builds an index under ACCESS EXCLUSIVE",
    CONSTR_PRIMARY: "an inline PRIMARY KEY builds an index under ACCESS EXCLUSIVE",
    CONSTR_FOREIGN: "an inline REFERENCES checks the table under a lock",
  };
  const kinds = constraintKinds(change.definition);
  const reason = kinds.map((kind) => reasons[kind]).find((each) => each !== undefined);
  const name = change.definition.colname ?? "";
  if (reason !== undefined)
    refuse(
      statement,
      `Column ${name}: ${reason}.`,
      "Add the plain column here and the constraint in a statement of its own.",
    );
  const generated = constraintOf(change.definition, "CONSTR_GENERATED");
  if (generated !== undefined && generated.generated_kind !== "v")
    refuse(
      statement,
      `Column ${name}: a stored generated column rewrites the table.`,
      "This needs the rebuild strategy.",
    );
  if (generated !== undefined && draft.facts.major < 18)
    refuse(statement, `Column ${name}: this server has no virtual generated columns.`, "PostgreSQL 18 has them.");
  const type = draft.schema.objects.types.find((each) => each.name === typeNameOf(change.definition));
  if (type?.kind === "domain" && (type.checks.length > 0 || type.notNull))
    refuse(
      statement,
      `Column ${name}: a column of a domain with constraints rewrites the table, even when it is empty.`,
      "This needs the rebuild strategy; or add a column of the domain's own type with a CHECK.",
    );
}

/** Whether the default has to be computed for every row. */
function volatileDefault(definition: ColumnDef, draft: Draft): boolean {
  const value = constraintOf(definition, "CONSTR_DEFAULT")?.raw_expr;
  return value !== undefined && volatilityOf(value, catalogOf(draft.schema)) === "volatile";
}
