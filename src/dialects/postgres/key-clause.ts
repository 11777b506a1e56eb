// Reads a UNIQUE or PRIMARY KEY clause: its columns, or the index of the author that it is to be made of.
import type { Constraint } from "libpg-query";
import {
  constraintName,
  enforcementOf,
  isEnforcedNow,
  namedColumns,
  physicalNames,
  withUp,
} from "./constraint-clause.ts";
import { isRelationName } from "./default-name.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { fieldNames } from "./expression.ts";
import { deferrability } from "./foreign-key-clause.ts";
import type { NewKey } from "./new-constraint.ts";
import { scanTokens, topLevel } from "./parse.ts";
import type { Statement } from "./parse.ts";
import { refuse } from "./statement.ts";

/** The name the key gets: the author's, the index's, or the server's own choice. */
export function keyName(statement: Statement, draft: Draft, table: string, clause: Constraint): string {
  if (clause.indexname !== undefined) return clause.conname ?? clause.indexname;
  const isPrimary = clause.contype === "CONSTR_PRIMARY";
  const name = constraintName(statement, draft, clause.conname, {
    table,
    columns: isPrimary ? null : [...fieldNames(clause.keys), ...fieldNames(clause.including)],
    label: isPrimary ? "pkey" : "key",
  });
  if (isRelationName(draft, name))
    refuse(statement, `There is already a relation ${name} in schema ${draft.schema.name}.`, "Choose another name.");
  return name;
}

/** The key over physical columns, in a draft in which `up` has had its effect. */
export function readKey(
  statement: Statement,
  draft: Draft,
  table: TableDraft,
  clause: Constraint,
): { draft: Draft; key: NewKey } {
  refuseUnusual(statement, table);
  const base = {
    kind: clause.contype === "CONSTR_PRIMARY" ? "primary-key" : "unique",
    table: table.name,
    name: keyName(statement, draft, table.name, clause),
    isValidated: true,
    tail: deferrability(clause),
  } as const;
  if (clause.indexname !== undefined) {
    const index = indexNamed(statement, draft, table, clause.indexname);
    const plain = { including: [], nullsNotDistinct: false, options: "", tablespace: null };
    return { draft, key: { ...base, ...plain, ...index, usingIndex: clause.indexname } };
  }
  const names = fieldNames(clause.keys);
  const expanded = withUp(statement, draft, table, names);
  const shape = expanded.tables[table.name] ?? table;
  const columns = namedColumns(statement, shape, clause.keys);
  return {
    draft: expanded,
    key: {
      ...base,
      columns: physicalNames(columns),
      including: physicalNames(namedColumns(statement, shape, clause.including)),
      nullsNotDistinct: clause.nulls_not_distinct === true,
      options: optionsText(statement),
      tablespace: clause.indexspace ?? null,
      enforced: isEnforcedNow(statement) ? "from-start" : enforcementOf(statement, columns),
      usingIndex: null,
    },
  };
}

function refuseUnusual(statement: Statement, table: TableDraft): void {
  if (table.table?.kind === "foreign")
    refuse(statement, `${table.name} is a foreign table: it cannot have a key.`, "Leave it out.");
  if (table.table?.kind === "partitioned")
    refuse(
      statement,
      `${table.name} is partitioned: its key cannot be made of an index that was built CONCURRENTLY.`,
      "This needs the rebuild strategy; until then add the key to each partition.",
    );
}

/** What `USING INDEX` names; a key over an index that is there asks nothing new of any writer. */
function indexNamed(
  statement: Statement,
  draft: Draft,
  table: TableDraft,
  name: string,
): Pick<NewKey, "columns" | "enforced"> {
  const made = draft.indexes.find((each) => each.table === table.name && each.name === name);
  const found = table.table?.indexes.find((each) => each.name === name);
  const columns = made?.columns ?? found?.columns.slice(0, found.keys);
  if (columns === undefined)
    refuse(statement, `${table.name} has no index ${name}.`, "Mend the name, or leave USING INDEX out.");
  if (found?.constraint != null)
    refuse(statement, `The index ${name} belongs to the constraint ${found.constraint}.`, "Name another index.");
  const plain = columns.flatMap((column) => (column === null ? [] : [column]));
  const isUsable =
    (made?.isUnique ?? found?.unique) === true && plain.length === columns.length && found?.partial !== true;
  if (!isUsable || found?.valid === false)
    refuse(
      statement,
      `The index ${name} cannot carry a constraint: it has to be unique, valid, and over plain columns without WHERE.`,
      "Leave USING INDEX out: then the right index is built.",
    );
  const dependent = table.table?.referencedBy.find(
    (each) => each.columns.length === plain.length && each.columns.every((column) => plain.includes(column)),
  );
  if (dependent !== undefined)
    refuse(
      statement,
      `The foreign key ${dependent.constraint} of ${dependent.table} may depend on the index ${name}, which could not be taken out of the constraint again.`,
      "Drop the foreign key first, and add it again in a later migration.",
    );
  return { columns: plain, enforced: made?.phase === "contract" ? "from-switch" : "from-start" };
}

/** ` WITH (…)` as the author wrote it. */
function optionsText(statement: Statement): string {
  const text = statement.source.text.slice(statement.start, statement.end);
  const tokens = scanTokens(text);
  const at = topLevel(tokens).find((token) => token.keyword && token.text.toUpperCase() === "WITH");
  if (at === undefined) return "";
  let depth = 0;
  for (const token of tokens.filter((each) => each.start >= at.end)) {
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (depth === 0) return ` ${text.slice(at.start, token.end)}`;
  }
  return "";
}
