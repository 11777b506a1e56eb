// What ALTER TABLE does with constraints that are there: validates, enforces, drops them, and with them their other ends.
import type { CommandAt } from "./alter-commands.ts";
import { descendants, family, referencing, relationAt } from "./catalog-model.ts";
import type { Catalog, CatalogConstraint, Relation } from "./catalog-model.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

/** The columns of a table that a foreign key points at. */
export function referencedColumns(table: Relation, constraint: CatalogConstraint): readonly string[] {
  if (constraint.referencedColumns.length > 0) return constraint.referencedColumns;
  return table.constraints.find((each) => each.kind === "primary-key")?.columns ?? [];
}

/** VALIDATE CONSTRAINT reads what is not yet proven. */
export function validateTouches({ command, relation, catalog }: CommandAt, all: readonly Relation[]): Touch[] {
  const constraint = relation.constraints.find((each) => each.name === command.name);
  const mode = "SHARE UPDATE EXCLUSIVE";
  if (constraint?.kind === "foreign-key") {
    const parent = relationAt(catalog, (constraint.references ?? "").split("."));
    const partitions = family(catalog, relation, relation.isPartitioned);
    const scan = !constraint.isValid;
    return [
      ...touchAll(partitions, mode, { scan }),
      ...(scan
        ? [...touchAll([parent], "ROW SHARE", { scan }), ...touchAll(descendants(catalog, parent), "ACCESS SHARE")]
        : []),
    ];
  }
  const scan = constraint === undefined || !constraint.isValid;
  // What says NO INHERIT is not among the children's constraints.
  const bearers = all.filter(
    (each) => each === relation || !each.isKnown || each.constraints.some(({ name }) => name === command.name),
  );
  return touchAll(scan ? bearers : [relation], mode, { scan });
}

/** ENFORCED makes the triggers of a foreign key and checks its rows; NOT ENFORCED drops them (source: ATExecAlterConstrEnforceability). */
export function enforcementTouches({ command, relation, catalog }: CommandAt): Touch[] {
  if (command.def === undefined || !("ATAlterConstraint" in command.def)) return [];
  const { conname, alterEnforceability: isChanged, is_enforced: enforced = false } = command.def.ATAlterConstraint;
  const constraint = relation.constraints.find((each) => each.name === conname);
  if (isChanged !== true || constraint === undefined || constraint.references === null) return [];
  if (constraint.isEnforced === enforced) return [];
  const parent = relationAt(catalog, constraint.references.split("."));
  return [
    ...touchAll(family(catalog, relation, relation.isPartitioned), "ACCESS EXCLUSIVE", { scan: enforced }),
    ...touchAll(family(catalog, parent, parent.isPartitioned), enforced ? "SHARE ROW EXCLUSIVE" : "ACCESS EXCLUSIVE"),
  ];
}

/** DROP CONSTRAINT locks the other end of a foreign key as well. */
export function dropConstraintTouches({ command, catalog }: CommandAt, all: readonly Relation[]): Touch[] {
  return all.flatMap((each) => {
    const constraint = each.constraints.find((found) => found.name === command.name);
    if (constraint === undefined) return [];
    return touchAll(otherEnds(catalog, each, constraint, command.behavior === "DROP_CASCADE"), "ACCESS EXCLUSIVE");
  });
}

/** Tables whose triggers or constraints go with a constraint: both ends of a foreign key are locked. */
export function otherEnds(
  catalog: Catalog,
  relation: Relation,
  constraint: CatalogConstraint,
  cascade: boolean,
): Relation[] {
  if (constraint.references !== null) return [relationAt(catalog, constraint.references.split("."))];
  if (!cascade || !["primary-key", "unique"].includes(constraint.kind)) return [];
  return referencing(catalog, relation)
    .filter((found) => referencedColumns(relation, found.constraint).join() === constraint.columns.join())
    .map((found) => found.relation);
}
