// Constraints and columns of parse trees in the catalog's form, with the names that the server would choose.
import type { ColumnDef, Constraint, Node } from "libpg-query";
import { fieldNames, visit } from "../expression.ts";
import { keyOf, relationOf, typesOf } from "./catalog-model.ts";
import type { Catalog, CatalogColumn, CatalogConstraint, CatalogIndex } from "./catalog-model.ts";
import { serialTypes, typeRef } from "./type-ref.ts";

const kinds: Readonly<Record<string, CatalogConstraint["kind"]>> = {
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign-key",
  CONSTR_PRIMARY: "primary-key",
  CONSTR_UNIQUE: "unique",
  CONSTR_EXCLUSION: "exclusion",
  CONSTR_NOTNULL: "not-null",
};

const suffixes: Readonly<Record<CatalogConstraint["kind"], string>> = {
  check: "check",
  "foreign-key": "fkey",
  "primary-key": "pkey",
  unique: "key",
  exclusion: "excl",
  "not-null": "not_null",
};

/** Constraints written behind a column. */
export function inlineConstraints(definition: ColumnDef): Constraint[] {
  return (definition.constraints ?? []).flatMap((node) => ("Constraint" in node ? [node.Constraint] : []));
}

export function hasInline(definition: ColumnDef, kind: Constraint["contype"]): boolean {
  return inlineConstraints(definition).some((each) => each.contype === kind);
}

/** The default or generation expression behind a column. */
export function inlineExpression(definition: ColumnDef, kind: "CONSTR_DEFAULT" | "CONSTR_GENERATED"): Node | undefined {
  return inlineConstraints(definition).find((each) => each.contype === kind)?.raw_expr;
}

/** `serial` and its kin, which have no schema. */
export function isSerial(definition: ColumnDef): boolean {
  const names = fieldNames(definition.typeName?.names);
  return names.length === 1 && (names[0] ?? "") in serialTypes;
}

export function generatedKind(definition: ColumnDef): CatalogColumn["generated"] {
  const found = inlineConstraints(definition).find((each) => each.contype === "CONSTR_GENERATED");
  if (found === undefined) return null;
  return found.generated_kind === "v" ? "virtual" : "stored";
}

export function columnOf(definition: ColumnDef, catalog: Catalog): CatalogColumn {
  const collation = fieldNames(definition.collClause?.collname).at(-1) ?? null;
  return {
    name: definition.colname ?? "",
    type: typeRef(definition.typeName, typesOf(catalog)),
    notNull:
      isSerial(definition) ||
      ["CONSTR_NOTNULL", "CONSTR_PRIMARY", "CONSTR_IDENTITY"].some((kind) =>
        hasInline(definition, kind as Constraint["contype"]),
      ),
    hasDefault: isSerial(definition) || hasInline(definition, "CONSTR_DEFAULT"),
    collation: collation === "default" ? null : collation,
    generated: generatedKind(definition),
  };
}

/** Columns that an expression over one table uses. */
export function columnsIn(expression: Node | undefined): string[] {
  const names: string[] = [];
  if (expression === undefined) return names;
  visit([expression], (kind, value) => {
    if (kind === "ColumnRef") names.push(fieldNames(value["fields"]).at(-1) ?? "");
  });
  return [...new Set(names)];
}

/** A constraint of a table, or of one of its columns; null for DEFAULT and other kinds that are none. */
export function constraintOf(
  constraint: Constraint,
  at: {
    readonly table: string;
    readonly column: string | null;
    readonly catalog: Catalog;
    readonly taken: readonly string[];
  },
): CatalogConstraint | null {
  const kind = kinds[constraint.contype ?? ""];
  if (kind === undefined) return null;
  const columns = at.column === null ? columnsOfConstraint(constraint) : [at.column];
  const parent = constraint.pktable === undefined ? null : relationOf(at.catalog, constraint.pktable);
  return {
    name: constraint.conname ?? freeName(at.table, kind, columns, at.taken),
    kind,
    columns,
    isValid: constraint.skip_validation !== true,
    isEnforced: constraint.is_enforced !== false || !["check", "foreign-key"].includes(kind),
    expression: constraint.raw_expr ?? null,
    references: parent === null ? null : keyOf(parent),
    referencedColumns: fieldNames(constraint.pk_attrs),
    onDelete: constraint.fk_del_action ?? "a",
    onUpdate: constraint.fk_upd_action ?? "a",
  };
}

function columnsOfConstraint(constraint: Constraint): string[] {
  if (constraint.contype === "CONSTR_CHECK") return columnsIn(constraint.raw_expr);
  if (constraint.contype === "CONSTR_FOREIGN") return fieldNames(constraint.fk_attrs);
  if (constraint.contype === "CONSTR_EXCLUSION")
    return (constraint.exclusions ?? []).flatMap((each) => columnsIn(each).concat(elementName(each)));
  return fieldNames(constraint.keys);
}

/** Of `(index element, operators)`: the plain column. */
function elementName(node: Node): string[] {
  const element = "List" in node ? node.List.items?.[0] : undefined;
  if (element === undefined || !("IndexElem" in element)) return [];
  return element.IndexElem.name === undefined ? [] : [element.IndexElem.name];
}

/** `table_column_suffix`, with a number when the name is taken (source: ChooseConstraintName, ChooseIndexName). */
function freeName(
  table: string,
  kind: CatalogConstraint["kind"],
  columns: readonly string[],
  taken: readonly string[],
): string {
  const part = kind === "primary-key" || (kind === "check" && columns.length !== 1) ? [] : columns;
  const stem = [table, ...part, suffixes[kind]].join("_");
  if (!taken.includes(stem)) return stem;
  let number = 1;
  while (taken.includes(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

/** The index that a constraint brings; null for one that has none or takes one that is there. */
export function indexOf(constraint: CatalogConstraint, written: Constraint): CatalogIndex | null {
  if (!["primary-key", "unique", "exclusion"].includes(constraint.kind) || written.indexname !== undefined) return null;
  const where = columnsIn(written.where_clause);
  return {
    name: constraint.name,
    columns: [...constraint.columns, ...fieldNames(written.including)],
    keyColumns: constraint.columns.length,
    dependsOn: [...new Set([...constraint.columns, ...fieldNames(written.including), ...where])],
    isComputed: written.where_clause !== undefined,
    isUnique: constraint.kind !== "exclusion",
    isValid: true,
    constraint: constraint.name,
  };
}
