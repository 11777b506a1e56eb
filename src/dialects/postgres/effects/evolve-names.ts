// The catalog after DROP, RENAME and SET SCHEMA: what goes, and what is called otherwise from then on.
import type { DropStmt, Node, RenameStmt } from "libpg-query";
import { fieldNames } from "../expression.ts";
import {
  descendants,
  family,
  indexNamed,
  keyOf,
  partsOf,
  relationAt,
  relationOf,
  userTypeKey,
} from "./catalog-model.ts";
import type { Catalog, CatalogIndex, Relation, UserType } from "./catalog-model.ts";
import { droppedNames, droppedWith } from "./drops.ts";
import { withRelations, withoutRelations } from "./evolve-table.ts";

/** DROP of anything the catalog knows. */
export function drop(catalog: Catalog, statement: DropStmt): Catalog {
  const names = droppedNames(statement);
  const cascade = statement.behavior === "DROP_CASCADE";
  const kind: string = statement.removeType ?? "";
  switch (kind) {
    case "OBJECT_TABLE":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_SEQUENCE":
      return names.reduce((now, parts) => withoutTable(now, relationAt(now, parts), cascade), catalog);
    case "OBJECT_INDEX":
      return names.reduce((now, parts) => {
        const found = indexNamed(now, parts);
        if (found === null) return now;
        const all = [found.relation, ...(found.relation.isPartitioned ? descendants(now, found.relation) : [])];
        const gone = (index: CatalogIndex, at: Relation): boolean =>
          at === found.relation ? index === found.index : index.columns.join() === found.index.columns.join();
        return withRelations(
          now,
          ...all.map((each) => ({ ...each, indexes: each.indexes.filter((index) => !gone(index, each)) })),
        );
      }, catalog);
    case "OBJECT_TRIGGER":
      return names.reduce((now, parts) => {
        const relation = relationAt(now, parts.slice(0, -1));
        return withRelations(now, { ...relation, triggers: relation.triggers.filter((each) => each !== parts.at(-1)) });
      }, catalog);
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN": {
      const keys = new Set(names.map((parts) => userTypeKey(catalog, parts)));
      return { ...catalog, types: Object.fromEntries(Object.entries(catalog.types).filter(([key]) => !keys.has(key))) };
    }
    case "OBJECT_SCHEMA": {
      const schemas = names.map(([name]) => name);
      const keys = Object.entries(catalog.relations).filter(([, each]) => schemas.includes(each.schema));
      return withoutRelations(
        catalog,
        keys.map(([key]) => key),
      );
    }
    default:
      return catalog;
  }
}

function withoutTable(catalog: Catalog, relation: Relation, cascade: boolean): Catalog {
  const keys = droppedWith(relation, catalog, cascade).map(keyOf);
  const rest = withoutRelations(catalog, keys);
  const affected = Object.values(rest.relations).filter((each) =>
    each.constraints.some((constraint) => keys.includes(constraint.references ?? "")),
  );
  return affected.length === 0
    ? rest
    : withRelations(
        rest,
        ...affected.map((each) => ({
          ...each,
          constraints: each.constraints.filter((constraint) => !keys.includes(constraint.references ?? "")),
        })),
      );
}

/** RENAME of relations, columns, constraints, indexes, triggers and types. */
export function rename(catalog: Catalog, statement: RenameStmt): Catalog {
  const { renameType, subname = "", newname = "" } = statement;
  const relation = relationOf(catalog, statement.relation);
  const swap = (name: string): string => (name === subname ? newname : name);
  const kind: string = renameType ?? "";
  switch (kind) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_SEQUENCE":
    case "OBJECT_FOREIGN_TABLE": {
      const index = keyOf(relation) in catalog.relations ? null : indexNamed(catalog, partsOf(statement.relation));
      return index === null
        ? move(catalog, relation, { name: newname })
        : renameIndex(catalog, partsOf(statement.relation), newname);
    }
    case "OBJECT_INDEX":
      return renameIndex(catalog, partsOf(statement.relation), newname);
    case "OBJECT_COLUMN":
      return family(catalog, relation, true).reduce((now, each) => renameColumn(now, each, subname, newname), catalog);
    case "OBJECT_TABCONSTRAINT":
      return withRelations(catalog, {
        ...relation,
        constraints: relation.constraints.map((each) => ({ ...each, name: swap(each.name) })),
        indexes: relation.indexes.map((each) =>
          each.constraint === subname ? { ...each, name: newname, constraint: newname } : each,
        ),
      });
    case "OBJECT_TRIGGER":
      return withRelations(catalog, { ...relation, triggers: relation.triggers.map(swap) });
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN": {
      const parts =
        statement.object !== undefined && "List" in statement.object ? fieldNames(statement.object.List.items) : [];
      const key = userTypeKey(catalog, parts);
      const type = key === null ? undefined : catalog.types[key];
      return key === null || type === undefined ? catalog : renameUserType(catalog, key, type, newname);
    }
    default:
      return catalog;
  }
}

function renameUserType(catalog: Catalog, key: string, type: UserType, newname: string): Catalog {
  const renamed = `${key.slice(0, key.indexOf("."))}.${newname}`;
  const types = Object.fromEntries(Object.entries(catalog.types).filter(([each]) => each !== key));
  const relations = Object.fromEntries(
    Object.entries(catalog.relations).map(([at, relation]) => [
      at,
      relation.columns.some((column) => column.type.name === key)
        ? {
            ...relation,
            columns: relation.columns.map((column) =>
              column.type.name === key ? { ...column, type: { ...column.type, name: renamed } } : column,
            ),
          }
        : relation,
    ]),
  );
  return { ...catalog, relations, types: { ...types, [renamed]: type } };
}

function renameIndex(catalog: Catalog, parts: readonly string[], newname: string): Catalog {
  const found = indexNamed(catalog, parts);
  if (found === null) return catalog;
  const { relation, index } = found;
  return withRelations(catalog, {
    ...relation,
    indexes: relation.indexes.map((each) =>
      each === index ? { ...each, name: newname, constraint: each.constraint === null ? null : newname } : each,
    ),
    constraints: relation.constraints.map((each) =>
      each.name === index.constraint ? { ...each, name: newname } : each,
    ),
  });
}

function renameColumn(catalog: Catalog, relation: Relation, from: string, to: string): Catalog {
  const swap = (name: string): string => (name === from ? to : name);
  return withRelations(catalog, {
    ...relation,
    columns: relation.columns.map((each) => ({ ...each, name: swap(each.name) })),
    constraints: relation.constraints.map((each) => ({
      ...each,
      columns: each.columns.map(swap),
      expression:
        each.expression === null || !each.columns.includes(from)
          ? each.expression
          : renamedIn(each.expression, from, to),
    })),
    indexes: relation.indexes.map((each) => ({
      ...each,
      columns: each.columns.map((column) => (column === null ? null : swap(column))),
      dependsOn: each.dependsOn.map(swap),
    })),
    partitionKey: relation.partitionKey.map((each) => (each === null ? null : swap(each))),
  });
}

/** An expression after a column of its one table got another name. */
function renamedIn(expression: Node, from: string, to: string): Node {
  return JSON.parse(JSON.stringify(expression), (key, value: unknown) =>
    key === "sval" && value === from ? to : value,
  ) as Node;
}

/** A relation under another name or in another schema, with everything that points at it. */
export function move(catalog: Catalog, relation: Relation, to: Partial<Pick<Relation, "schema" | "name">>): Catalog {
  const from = keyOf(relation);
  const renamed = { ...relation, ...to };
  const key = keyOf(renamed);
  const swap = (each: string): string => (each === from ? key : each);
  const pointing = (each: Relation): Relation => ({
    ...each,
    parents: each.parents.map(swap),
    uses: each.uses.map(swap),
    ownedBy: each.ownedBy === null ? null : { ...each.ownedBy, table: swap(each.ownedBy.table) },
    constraints: each.constraints.map((constraint) => ({
      ...constraint,
      references: constraint.references === null ? null : swap(constraint.references),
    })),
  });
  const others = Object.values(withoutRelations(catalog, [from]).relations)
    .filter(
      (each) =>
        each.parents.includes(from) ||
        each.uses.includes(from) ||
        each.ownedBy?.table === from ||
        each.constraints.some((constraint) => constraint.references === from),
    )
    .map(pointing);
  return withRelations(withoutRelations(catalog, [from]), pointing(renamed), ...others);
}
