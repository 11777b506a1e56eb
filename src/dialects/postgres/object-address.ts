// Names an object of a parsed statement for `pg_get_object_address`, which finds its catalog row whatever kind it is.
import type { Node, ObjectType } from "libpg-query";
import { quoteIdentifier, quoteLiteral } from "../../sql/identifier.ts";
import { fieldNames, isRecord } from "./expression.ts";

interface ObjectAddress {
  readonly kind: string;
  readonly names: readonly string[];
  readonly arguments: readonly string[];
}

/** Kinds of objects by the server's own words (manual §9.27.5, "Object Information and Addressing Functions"). */
const kinds: Partial<Readonly<Record<ObjectType, string>>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_FOREIGN_TABLE: "foreign table",
  OBJECT_INDEX: "index",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_COLUMN: "table column",
  OBJECT_SCHEMA: "schema",
  OBJECT_TABCONSTRAINT: "table constraint",
  OBJECT_DOMCONSTRAINT: "domain constraint",
  OBJECT_TRIGGER: "trigger",
  OBJECT_POLICY: "policy",
  OBJECT_RULE: "rule",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "type",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_EXTENSION: "extension",
  OBJECT_STATISTIC_EXT: "statistics object",
  OBJECT_PUBLICATION: "publication",
  OBJECT_COLLATION: "collation",
};

/** The address of an object as the parser gives it; null for a kind that is not in the list. */
export function addressOf(type: ObjectType | undefined, object: Node | undefined): ObjectAddress | null {
  const kind = type === undefined ? undefined : kinds[type];
  if (kind === undefined || object === undefined) return null;
  if ("String" in object) return { kind, names: [object.String.sval ?? ""], arguments: [] };
  if ("TypeName" in object) return { kind, names: [typeText(object.TypeName)], arguments: [] };
  if ("ObjectWithArgs" in object)
    return {
      kind,
      names: fieldNames(object.ObjectWithArgs.objname),
      arguments: (object.ObjectWithArgs.objargs ?? []).map((each) =>
        "TypeName" in each ? typeText(each.TypeName) : "",
      ),
    };
  if (!("List" in object)) return null;
  const items = object.List.items ?? [];
  const [first, second] = items;
  // Of a domain constraint the domain is the name, and the constraint its argument.
  if (first !== undefined && "TypeName" in first && second !== undefined && "String" in second)
    return { kind, names: [typeText(first.TypeName)], arguments: [second.String.sval ?? ""] };
  return { kind, names: fieldNames(items), arguments: [] };
}

/** `pg_get_object_address('table', ARRAY['public', 't'], ARRAY[])` */
export function addressCall({ kind, names, arguments: given }: ObjectAddress): string {
  const list = (texts: readonly string[]): string =>
    `ARRAY[${texts.map((text) => quoteLiteral(text).trim()).join(", ")}]::text[]`;
  return `pg_catalog.pg_get_object_address(${quoteLiteral(kind).trim()}, ${list(names)}, ${list(given)})`;
}

function typeText(type: unknown): string {
  if (!isRecord(type)) return "";
  const bounds = Array.isArray(type["arrayBounds"]) ? type["arrayBounds"].length : 0;
  return fieldNames(type["names"]).map(quoteIdentifier).join(".") + "[]".repeat(bounds);
}
