// The catalog after one command of ALTER TABLE.
import type { AlterTableCmd } from "libpg-query";
import { alterCommands } from "./alter-commands.ts";
import { family, keyOf, makeRelation, relationOf } from "./catalog-model.ts";
import type { Catalog, CatalogColumn, CatalogConstraint, CatalogIndex, Relation } from "./catalog-model.ts";
import { columnOf, constraintOf, indexOf, inlineConstraints, isSerial, hasInline } from "./constraints.ts";
import { typeChange } from "./type-change.ts";

/** Puts relations into the catalog in place of those of the same name. */
export function withRelations(catalog: Catalog, ...changed: readonly Relation[]): Catalog {
  const entries = Object.fromEntries(changed.map((relation) => [keyOf(relation), relation]));
  return { ...catalog, relations: { ...catalog.relations, ...entries } };
}

/** Takes relations out of the catalog. */
export function withoutRelations(catalog: Catalog, keys: readonly string[]): Catalog {
  const gone = new Set(keys);
  return {
    ...catalog,
    relations: Object.fromEntries(Object.entries(catalog.relations).filter(([key]) => !gone.has(key))),
  };
}

/** The catalog after one command; what changes nothing that predictions need leaves it as it is. */
export function evolveCommand(catalog: Catalog, relation: Relation, command: AlterTableCmd, only: boolean): Catalog {
  const known = command.subtype === undefined ? undefined : alterCommands[command.subtype];
  const all = family(catalog, relation, known?.recurses === true && !only && !isNotInherited(command));
  if (command.subtype === "AT_AddColumn") return addColumn(catalog, all, command);
  const changed = all.map((each) => evolveRelation(catalog, each, command));
  const after = changed.some((each, at) => each !== all[at]) ? withRelations(catalog, ...changed) : catalog;
  return evolveAround(after, relation, command);
}

/** A constraint that says NO INHERIT. */
function isNotInherited({ def }: AlterTableCmd): boolean {
  return def !== undefined && "Constraint" in def && def.Constraint.is_no_inherit === true;
}

/** Sequences that come and go with columns, and tables that move in a tree. */
function evolveAround(catalog: Catalog, relation: Relation, command: AlterTableCmd): Catalog {
  const name = command.name ?? "";
  const subtype: string = command.subtype ?? "";
  switch (subtype) {
    case "AT_DropColumn":
    case "AT_DropIdentity":
      return withoutOwned(catalog, relation, name, command.subtype === "AT_DropIdentity");
    case "AT_AddIdentity":
      return withRelations(catalog, sequenceOf(catalog, relation, name, true));
    case "AT_SetLogged":
    case "AT_SetUnLogged":
      return catalog;
    case "AT_AttachPartition": {
      if (command.def === undefined || !("PartitionCmd" in command.def)) return catalog;
      const child = relationOf(catalog, command.def.PartitionCmd.name);
      return withRelations(catalog, {
        ...child,
        parents: [keyOf(relation)],
        isPartition: true,
        isDefaultPartition: command.def.PartitionCmd.bound?.is_default === true,
        indexes: [...child.indexes, ...missingIndexes(relation, child)],
      });
    }
    case "AT_DetachPartition": {
      if (command.def === undefined || !("PartitionCmd" in command.def)) return catalog;
      const child = relationOf(catalog, command.def.PartitionCmd.name);
      return withRelations(catalog, { ...child, parents: [], isPartition: false, isDefaultPartition: false });
    }
    default:
      return catalog;
  }
}

function missingIndexes(parent: Relation, child: Relation): CatalogIndex[] {
  return parent.indexes
    .filter((index) => !child.indexes.some((each) => each.columns.join() === index.columns.join()))
    .map((index) => ({ ...index, name: `${child.name}_${index.columns.join("_")}_idx` }));
}

function addColumn(catalog: Catalog, all: readonly Relation[], command: AlterTableCmd): Catalog {
  if (command.def === undefined || !("ColumnDef" in command.def)) return catalog;
  const definition = command.def.ColumnDef;
  const column = columnOf(definition, catalog);
  const changed = all
    .filter((each) => !each.columns.some((found) => found.name === column.name))
    .map((each) => {
      const added: Relation = { ...each, columns: [...each.columns, column] };
      return inlineConstraints(definition).reduce<Relation>(
        (into, written) => withConstraint(into, catalog, written, column.name),
        added,
      );
    });
  const [relation] = changed;
  const after = withRelations(catalog, ...changed);
  if (relation === undefined) return after;
  const isIdentity = hasInline(definition, "CONSTR_IDENTITY");
  return isSerial(definition) || isIdentity
    ? withRelations(after, sequenceOf(after, relation, column.name, isIdentity))
    : after;
}

/** The sequence that serial and identity columns bring. */
export function sequenceOf(catalog: Catalog, relation: Relation, column: string, isIdentity: boolean): Relation {
  return makeRelation({
    schema: relation.schema,
    name: `${relation.name}_${column}_seq`,
    kind: "sequence",
    createdBy: catalog.statements,
    ownedBy: { table: keyOf(relation), column, isIdentity },
  });
}

function withoutOwned(catalog: Catalog, relation: Relation, column: string, identityOnly: boolean): Catalog {
  const keys = Object.entries(catalog.relations)
    .filter(
      ([, each]) =>
        each.ownedBy?.table === keyOf(relation) &&
        each.ownedBy.column === column &&
        (!identityOnly || each.ownedBy.isIdentity),
    )
    .map(([key]) => key);
  return keys.length === 0 ? catalog : withoutRelations(catalog, keys);
}

function keyOfIndex(index: CatalogIndex): string[] {
  return index.columns.slice(0, index.keyColumns).flatMap((each) => (each === null ? [] : [each]));
}

/** A table with one more constraint, its index, and what a primary key says about NULL. */
export function withConstraint(
  relation: Relation,
  catalog: Catalog,
  written: Parameters<typeof constraintOf>[0],
  column: string | null,
): Relation {
  const taken = relation.constraints.map((each) => each.name);
  const made = constraintOf(written, { table: relation.name, column, catalog, taken });
  if (made === null) return relation;
  const taking =
    written.indexname === undefined ? undefined : relation.indexes.find((each) => each.name === written.indexname);
  const constraint: CatalogConstraint = taking === undefined ? made : { ...made, columns: keyOfIndex(taking) };
  const index = indexOf(constraint, written);
  const forbidsNull = ["primary-key", "not-null"].includes(constraint.kind) && constraint.isValid;
  return {
    ...relation,
    constraints: [...relation.constraints, constraint],
    indexes: [
      ...relation.indexes.map((each) =>
        each === taking ? { ...each, name: constraint.name, constraint: constraint.name } : each,
      ),
      ...(index === null ? [] : [index]),
    ],
    columns: forbidsNull
      ? relation.columns.map((each) => (constraint.columns.includes(each.name) ? { ...each, notNull: true } : each))
      : relation.columns,
  };
}

function evolveRelation(catalog: Catalog, relation: Relation, command: AlterTableCmd): Relation {
  const name = command.name ?? "";
  const column = (change: (column: CatalogColumn) => CatalogColumn): Relation => ({
    ...relation,
    columns: relation.columns.map((each) => (each.name === name ? change(each) : each)),
  });
  const subtype: string = command.subtype ?? "";
  switch (subtype) {
    case "AT_DropColumn":
      return withoutColumn(relation, name);
    case "AT_SetNotNull":
      return column((each) => ({ ...each, notNull: true }));
    case "AT_DropNotNull":
      return column((each) => ({ ...each, notNull: false }));
    case "AT_ColumnDefault":
      return column((each) => ({ ...each, hasDefault: command.def !== undefined }));
    case "AT_DropExpression":
      return column((each) => ({ ...each, generated: null }));
    case "AT_AddIdentity":
      return column((each) => ({ ...each, notNull: true }));
    case "AT_AlterColumnType": {
      if (command.def === undefined || !("ColumnDef" in command.def)) return relation;
      const definition = command.def.ColumnDef;
      const made = columnOf(definition, catalog);
      return column((each) => ({
        ...each,
        type: typeChange(each, definition, catalog).type,
        collation: made.collation,
      }));
    }
    case "AT_AddConstraint":
      return command.def !== undefined && "Constraint" in command.def
        ? withConstraint(relation, catalog, command.def.Constraint, null)
        : relation;
    case "AT_AlterConstraint": {
      if (command.def === undefined || !("ATAlterConstraint" in command.def)) return relation;
      const {
        conname,
        alterEnforceability: isChanged,
        is_enforced: isEnforced = false,
      } = command.def.ATAlterConstraint;
      if (isChanged !== true) return relation;
      return {
        ...relation,
        constraints: relation.constraints.map((each) =>
          each.name === conname ? { ...each, isEnforced, isValid: isEnforced } : each,
        ),
      };
    }
    case "AT_ValidateConstraint":
      return validated(relation, name);
    case "AT_DropConstraint":
      return withoutConstraint(relation, name);
    case "AT_SetLogged":
    case "AT_SetUnLogged":
      return { ...relation, isUnlogged: command.subtype === "AT_SetUnLogged" };
    case "AT_SetAccessMethod":
      return { ...relation, accessMethod: command.name ?? null };
    case "AT_SetTableSpace":
      return { ...relation, tablespace: command.name ?? null };
    case "AT_AddInherit":
    case "AT_DropInherit": {
      if (command.def === undefined || !("RangeVar" in command.def)) return relation;
      const parent = keyOf(relationOf(catalog, command.def.RangeVar));
      const others = relation.parents.filter((each) => each !== parent);
      return { ...relation, parents: command.subtype === "AT_AddInherit" ? [...others, parent] : others };
    }
    default:
      return relation;
  }
}

function withoutColumn(relation: Relation, name: string): Relation {
  return {
    ...relation,
    columns: relation.columns.filter((each) => each.name !== name),
    constraints: relation.constraints.filter((each) => !each.columns.includes(name)),
    indexes: relation.indexes.filter((each) => !each.dependsOn.includes(name)),
  };
}

function withoutConstraint(relation: Relation, name: string): Relation {
  const gone = relation.constraints.find((each) => each.name === name);
  return {
    ...relation,
    constraints: relation.constraints.filter((each) => each.name !== name),
    indexes: relation.indexes.filter((each) => each.constraint !== name),
    columns:
      gone?.kind === "not-null"
        ? relation.columns.map((each) => (gone.columns.includes(each.name) ? { ...each, notNull: false } : each))
        : relation.columns,
  };
}

function validated(relation: Relation, name: string): Relation {
  const found = relation.constraints.find((each) => each.name === name);
  if (found === undefined) return relation;
  return {
    ...relation,
    constraints: relation.constraints.map((each) => (each === found ? { ...each, isValid: true } : each)),
    columns:
      found.kind === "not-null"
        ? relation.columns.map((each) => (found.columns.includes(each.name) ? { ...each, notNull: true } : each))
        : relation.columns,
  };
}
