// A column type in one form, whether it came from a parse tree or from the server's own spelling.
import { parseSync } from "libpg-query";
import type { Node, TypeName } from "libpg-query";
import { fieldNames } from "../expression.ts";

export interface TypeRef {
  /** `int4`, `varchar`, `citext`; a type of the user by `schema.name` when it is known. */
  readonly name: string;
  /** Modifiers as written: `[10, 2]` of `numeric(10,2)`; empty when there is none. */
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
}

/** Types that the server adds a sequence and NOT NULL for, by what they stand for. */
export const serialTypes: Readonly<Record<string, string>> = {
  serial: "int4",
  serial4: "int4",
  bigserial: "int8",
  serial8: "int8",
  smallserial: "int2",
  serial2: "int2",
};

/** Reads a type of a parse tree. `known` finds the type of a user behind its written name. */
export function typeRef(type: TypeName | undefined, known: (parts: readonly string[]) => string | null): TypeRef {
  const parts = fieldNames(type?.names);
  const bare = parts.at(-1) ?? "";
  const name = parts[0] === "pg_catalog" ? bare : (known(parts) ?? serialTypes[bare] ?? bare);
  return {
    name,
    modifiers: (type?.typmods ?? []).flatMap(modifier),
    isArray: (type?.arrayBounds ?? []).length > 0,
  };
}

/** Reads a type as the server prints it: `character varying(10)`, `numeric(10,2)[]`. */
export function typeRefOf(text: string, known: (parts: readonly string[]) => string | null): TypeRef {
  return typeRef(typeNameOf(text), known);
}

function typeNameOf(text: string): TypeName | undefined {
  const select = parseSync(`SELECT NULL::${text}`).stmts?.[0]?.stmt;
  const target = select !== undefined && "SelectStmt" in select ? select.SelectStmt.targetList?.[0] : undefined;
  const value = target !== undefined && "ResTarget" in target ? target.ResTarget.val : undefined;
  return value !== undefined && "TypeCast" in value ? value.TypeCast.typeName : undefined;
}

export function sameModifiers(a: TypeRef, b: TypeRef): boolean {
  return a.modifiers.length === b.modifiers.length && a.modifiers.every((each, at) => each === b.modifiers[at]);
}

function modifier(node: Node): number[] {
  if ("A_Const" in node) return [node.A_Const.ival?.ival ?? 0];
  if ("Integer" in node) return [node.Integer.ival ?? 0];
  return [];
}
