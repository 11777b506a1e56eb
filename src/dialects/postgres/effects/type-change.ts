// Whether ALTER COLUMN … TYPE has to compute new values, or only changes what the catalog says about the old ones.
import type { ColumnDef, Node } from "libpg-query";
import { fieldNames } from "../expression.ts";
import { binaryCoercible, objectIdentifiers, operatorClasses } from "./casts.ts";
import { domainOf, typesOf } from "./catalog-model.ts";
import type { Catalog, CatalogColumn } from "./catalog-model.ts";
import { sameModifiers, typeRef } from "./type-ref.ts";
import type { TypeRef } from "./type-ref.ts";

export interface TypeChange {
  readonly type: TypeRef;
  /** Every value is computed anew: the table gets a new file. */
  readonly rewrites: boolean;
  /** Operator class or collation differ: indexes on the column are built anew even when the table is kept. */
  readonly rebuildsIndexes: boolean;
}

/** The modifier that a bare name of these types stands for. */
const impliedModifier: Readonly<Record<string, number>> = { bit: 1 };
const mostFractionalDigits = 6;

/** What ALTER COLUMN … TYPE makes of a column. A column of unknown type is assumed to be rewritten. */
export function typeChange(column: CatalogColumn | undefined, definition: ColumnDef, catalog: Catalog): TypeChange {
  const type = typeRef(definition.typeName, typesOf(catalog));
  if (column === undefined) return { type, rewrites: true, rebuildsIndexes: true };
  const start = { type: column.type, rewrites: false };
  const using = definition.raw_default;
  const before = using === undefined ? start : valueOf(using, column, start, catalog);
  const end = before === null ? { type, rewrites: true } : convert(before, type, catalog);
  const collation = fieldNames(definition.collClause?.collname).at(-1) ?? null;
  const isOtherCollation = collation !== column.collation && !(collation === "default" && column.collation === null);
  return {
    type,
    rewrites: end.rewrites,
    rebuildsIndexes: isOtherCollation || operatorClass(column.type, catalog) !== operatorClass(type, catalog),
  };
}

interface Value {
  readonly type: TypeRef;
  readonly rewrites: boolean;
}

/** The column itself, or a chain of casts over it; null for any other expression. */
function valueOf(node: Node, column: CatalogColumn, start: Value, catalog: Catalog): Value | null {
  if ("ColumnRef" in node) return fieldNames(node.ColumnRef.fields).at(-1) === column.name ? start : null;
  if (!("TypeCast" in node) || node.TypeCast.arg === undefined) return null;
  const inner = valueOf(node.TypeCast.arg, column, start, catalog);
  return inner === null ? null : convert(inner, typeRef(node.TypeCast.typeName, typesOf(catalog)), catalog);
}

/**
 * One cast. The server keeps the table when the cast is a relabelling (manual, ALTER TABLE, Notes: binary coercible, or an
 * unconstrained domain) or a length coercion that its planner finds to do nothing.
 */
function convert(value: Value, to: TypeRef, catalog: Catalog): Value {
  const changed = (rewrites: boolean): Value => ({ type: to, rewrites: value.rewrites || rewrites });
  const from = value.type;
  if (from.name === to.name && from.isArray === to.isArray) {
    if (sameModifiers(withImplied(from), withImplied(to))) return changed(false);
    return changed(!isLengthKept(withImplied(from), withImplied(to)));
  }
  if (from.isArray || to.isArray) return changed(true);
  const source = domainOf(catalog, from).base;
  const target = domainOf(catalog, to);
  if (target.isConstrained) return changed(true);
  if (!isRelabelling(source, target.base, catalog)) return changed(true);
  // The relabelled value has no modifier any more, so that a bounded target is always checked.
  return changed(!isLengthKept({ ...target.base, modifiers: [] }, withImplied(target.base)));
}

function isRelabelling(from: TypeRef, to: TypeRef, catalog: Catalog): boolean {
  if (from.isArray || to.isArray) return from.isArray === to.isArray && from.name === to.name;
  if (from.name === to.name) return true;
  if (["timestamp", "timestamptz"].includes(from.name) && ["timestamp", "timestamptz"].includes(to.name))
    return catalog.isUtc;
  if (objectIdentifiers.includes(from.name) && objectIdentifiers.includes(to.name)) return true;
  return binaryCoercible.some(([source, target]) => source === from.name && target === to.name);
}

/** The length coercion from one modifier of a type to another does nothing. */
function isLengthKept(from: TypeRef, to: TypeRef): boolean {
  const [newFirst, newSecond] = to.modifiers;
  const [oldFirst, oldSecond] = from.modifiers;
  if (newFirst === undefined) return true;
  if (from.isArray) return false;
  switch (to.name) {
    case "varchar":
    case "varbit":
      return oldFirst !== undefined && oldFirst <= newFirst;
    case "numeric":
      return oldFirst !== undefined && (oldSecond ?? 0) === (newSecond ?? 0) && oldFirst <= newFirst;
    case "timestamp":
    case "timestamptz":
    case "time":
    case "timetz":
      return newFirst >= mostFractionalDigits || (oldFirst !== undefined && oldFirst <= newFirst);
    case "interval":
      return isIntervalKept(from.modifiers, to.modifiers);
    default:
      return false;
  }
}

/** Modifiers of an interval are its fields and its fractional digits; fields are compared only when they are the same. */
function isIntervalKept(from: readonly number[], to: readonly number[]): boolean {
  const everyField = 0x7fff;
  const [oldFields = everyField, oldDigits = mostFractionalDigits] = from;
  const [newFields = everyField, newDigits = mostFractionalDigits] = to;
  return (newFields === everyField || newFields === oldFields) && oldDigits <= newDigits;
}

function withImplied(type: TypeRef): TypeRef {
  const implied = impliedModifier[type.name];
  return implied === undefined || type.modifiers.length > 0 ? type : { ...type, modifiers: [implied] };
}

function operatorClass(type: TypeRef, catalog: Catalog): string {
  const { base } = domainOf(catalog, type);
  return (operatorClasses[base.name] ?? base.name) + (base.isArray ? "[]" : "");
}
