// What DROP takes with it and what it locks on the way: both ends of foreign keys, the tree around a partition, owned sequences.
import type { DropStmt, Node } from "libpg-query";
import type { LockMode } from "../../../core/effect.ts";
import { fieldNames } from "../expression.ts";
import {
  descendants,
  indexNamed,
  isMissing,
  keyOf,
  ownedSequences,
  referencing,
  relationAt,
  userTypeKey,
} from "./catalog-model.ts";
import type { Catalog, Relation } from "./catalog-model.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

const exclusive = "ACCESS EXCLUSIVE";

/** Names of the objects of a DROP, split at the dots. */
export function droppedNames(statement: DropStmt): string[][] {
  return (statement.objects ?? []).map(nameParts);
}

export function nameParts(node: Node | undefined): string[] {
  if (node === undefined) return [];
  if ("List" in node) return fieldNames(node.List.items);
  if ("TypeName" in node) return fieldNames(node.TypeName.names);
  if ("ObjectWithArgs" in node) return fieldNames(node.ObjectWithArgs.objname);
  return "String" in node ? [node.String.sval ?? ""] : [];
}

/** Null: a kind of object whose dependents are not known. */
export function dropTouches(statement: DropStmt, catalog: Catalog): Touch[] | null {
  const cascade = statement.behavior === "DROP_CASCADE";
  const names = droppedNames(statement);
  const kind: string = statement.removeType ?? "";
  switch (kind) {
    case "OBJECT_TABLE":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_SEQUENCE":
      return names
        .map((parts) => relationAt(catalog, parts))
        .filter((each) => statement.missing_ok !== true || !isMissing(catalog, each))
        .flatMap((each) => dropRelation(each, catalog, cascade));
    case "OBJECT_INDEX":
      return dropIndexes(names, catalog, statement.concurrent === true ? "SHARE UPDATE EXCLUSIVE" : exclusive);
    case "OBJECT_TRIGGER":
    case "OBJECT_RULE":
    case "OBJECT_POLICY":
      return names.flatMap((parts) => {
        const relation = relationAt(catalog, parts.slice(0, -1));
        const isRow = statement.removeType === "OBJECT_TRIGGER" && relation.isPartitioned;
        return touchAll(isRow ? [relation, ...descendants(catalog, relation)] : [relation], exclusive);
      });
    case "OBJECT_STATISTIC_EXT":
      return names.flatMap((parts) =>
        touchAll(
          Object.values(catalog.relations).filter((each) => each.statistics.includes(parts.at(-1) ?? "")),
          "SHARE UPDATE EXCLUSIVE",
        ),
      );
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN":
      return cascade
        ? touchAll(
            names.flatMap((parts) => usersOfType(catalog, parts)),
            exclusive,
          )
        : [];
    case "OBJECT_SCHEMA":
      return cascade
        ? names.flatMap(([schema]) =>
            Object.values(catalog.relations)
              .filter((each) => each.schema === schema)
              .flatMap((each) => dropRelation(each, catalog, true)),
          )
        : [];
    default:
      return cascade ? null : [];
  }
}

/** Relations that go together with one that is dropped. */
export function droppedWith(relation: Relation, catalog: Catalog, cascade: boolean): Relation[] {
  const children = descendants(catalog, relation).filter((each) => each.isPartition || cascade);
  const sequences = [relation, ...children].flatMap((each) => ownedSequences(catalog, each));
  return [relation, ...children, ...sequences, ...(cascade ? viewsOver(catalog, relation) : [])];
}

function viewsOver(catalog: Catalog, relation: Relation, seen: readonly string[] = []): Relation[] {
  const key = keyOf(relation);
  if (seen.includes(key)) return [];
  const over = Object.values(catalog.relations).filter((each) => each.uses.includes(key));
  return over.flatMap((each) => [each, ...viewsOver(catalog, each, [...seen, key])]);
}

function dropRelation(relation: Relation, catalog: Catalog, cascade: boolean): Touch[] {
  const gone = droppedWith(relation, catalog, cascade);
  const parents = gone.flatMap((each) =>
    each.constraints.flatMap((constraint) =>
      constraint.references === null ? [] : [relationAt(catalog, constraint.references.split("."))],
    ),
  );
  const children = cascade ? gone.flatMap((each) => referencing(catalog, each).map((found) => found.relation)) : [];
  // A partition is taken out of its table, whose default partition then has other bounds.
  const tree = relation.isPartition
    ? relation.parents.flatMap((key) => [
        relationAt(catalog, key.split(".")),
        ...Object.values(catalog.relations).filter((each) => each.isDefaultPartition && each.parents.includes(key)),
      ])
    : [];
  return touchAll([...gone, ...parents, ...children, ...tree], exclusive);
}

function dropIndexes(names: readonly string[][], catalog: Catalog, mode: LockMode): Touch[] | null {
  const found = names.map((parts) => indexNamed(catalog, parts));
  // An index that nobody described: its table is locked, but which one is not known.
  if (found.includes(null)) return null;
  return found.flatMap((each) => {
    if (each === null) return [];
    const { relation } = each;
    return touchAll(relation.isPartitioned ? [relation, ...descendants(catalog, relation)] : [relation], mode);
  });
}

/** Tables with a column of the type. */
export function usersOfType(catalog: Catalog, parts: readonly string[]): Relation[] {
  const key = userTypeKey(catalog, parts);
  if (key === null) return [];
  const names = [key];
  // Domains over the domain count as well.
  for (const name of names) {
    const over = Object.entries(catalog.types).filter(
      ([other, type]) => type.base?.name === name && !names.includes(other),
    );
    names.push(...over.map(([other]) => other));
  }
  return Object.values(catalog.relations).filter(
    (each) => each.kind !== "view" && each.columns.some((column) => names.includes(column.type.name)),
  );
}
