// A constraint as the server prints it, read back into the form in which new ones are kept: so that it can be made again.
import { parseSync } from "libpg-query";
import type { Constraint as Clause } from "libpg-query";
import type { Constraint, Index } from "../../core/schema.ts";
import type { Draft } from "./draft.ts";
import { fieldNames, parseExpression, templateOf } from "./expression.ts";
import { deferrability, referenceTail } from "./foreign-key-clause.ts";
import type { NewConstraint, NewKey } from "./new-constraint.ts";

/** Null for a kind that cannot be added without a scan under lock. */
export function fromCatalog(draft: Draft, table: string, constraint: Constraint): NewConstraint | null {
  if (constraint.kind === "exclusion" || constraint.definition === "") return null;
  const clause = clauseOf(constraint.definition);
  if (clause === null) return null;
  const isEnforced = clause.is_enforced === true;
  const base = {
    table,
    name: constraint.name,
    columns: constraint.columns,
    isValidated: constraint.validated,
    enforced: "from-start",
  } as const;
  switch (constraint.kind) {
    case "check": {
      const text =
        /^CHECK \(([\s\S]*)\)(?: NO INHERIT| NOT VALID| NOT ENFORCED)*$/.exec(constraint.definition)?.[1] ?? "";
      const condition = templateOf(parseExpression(text, [table, `${draft.schema.name}.${table}`]), (use) => [
        { column: use.name },
      ]);
      const tail = `${clause.is_no_inherit === true ? " NO INHERIT" : ""}${isEnforced ? "" : " NOT ENFORCED"}`;
      return { ...base, kind: "check", condition, tail };
    }
    case "foreign-key": {
      const [schema = draft.schema.name, ...name] = (constraint.references ?? "").split(".");
      return {
        ...base,
        kind: "foreign-key",
        references: { schema, table: name.join("."), columns: fieldNames(clause.pk_attrs) },
        isMatchFull: clause.fk_matchtype === "f",
        tail: referenceTail(clause, fieldNames(clause.fk_del_set_cols)),
        isLate: false,
      };
    }
    case "not-null":
      return { ...base, kind: "not-null", tail: clause.is_no_inherit === true ? " NO INHERIT" : "" };
    case "unique":
    case "primary-key":
      return keyFromCatalog(base, constraint.kind, clause, indexOf(draft, table, constraint.name));
  }
}

function keyFromCatalog(
  base: Pick<NewKey, "table" | "name" | "columns" | "isValidated" | "enforced">,
  kind: NewKey["kind"],
  clause: Clause,
  index: Index | undefined,
): NewKey {
  const options = index === undefined || index.options.length === 0 ? "" : ` WITH (${index.options.join(", ")})`;
  return {
    ...base,
    kind,
    columns: fieldNames(clause.keys),
    including: fieldNames(clause.including),
    nullsNotDistinct: clause.nulls_not_distinct === true,
    options,
    tablespace: index?.tablespace ?? null,
    tail: deferrability(clause),
    usingIndex: null,
  };
}

/** The index behind a constraint. */
export function indexOf(draft: Draft, table: string, constraint: string): Index | undefined {
  return draft.tables[table]?.table?.indexes.find((index) => index.constraint === constraint);
}

function clauseOf(definition: string): Clause | null {
  const node = parseSync(`ALTER TABLE t ADD ${definition}`).stmts?.[0]?.stmt;
  const command = node !== undefined && "AlterTableStmt" in node ? node.AlterTableStmt.cmds?.[0] : undefined;
  const def = command !== undefined && "AlterTableCmd" in command ? command.AlterTableCmd.def : undefined;
  return def !== undefined && "Constraint" in def ? def.Constraint : null;
}
