// What attaching, detaching and creating partitions does to the tree around them.
import type { PartitionBoundSpec } from "libpg-query";
import type { CommandAt } from "./alter-commands.ts";
import { descendants, family, keyOf, referencing, relationAt, relationOf } from "./catalog-model.ts";
import type { Catalog, Relation } from "./catalog-model.ts";
import { excludesBound, provesBound } from "./partition-proof.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

/** ATTACH PARTITION: the parent stays open, the new partition is closed and read unless a CHECK proves its rows (manual, ALTER TABLE). */
export function attachTouches({ command, relation, catalog }: CommandAt): Touch[] | null {
  if (command.def === undefined || !("PartitionCmd" in command.def)) return null;
  const { name, bound } = command.def.PartitionCmd;
  const child = relationOf(catalog, name);
  const isProven = provesBound(child, relation, bound) || buildsNothing(catalog, child);
  const needsIndex = relation.indexes.some((index) => !hasLikeIndex(child, index.columns));
  const parts = family(catalog, child, true);
  return [
    ...touchAll([relation], "SHARE UPDATE EXCLUSIVE"),
    ...touchAll(parts, "ACCESS EXCLUSIVE", { scan: !isProven || needsIndex }),
    ...defaultTouches(catalog, relation, bound),
    ...foreignKeyTouches(catalog, relation),
  ];
}

function buildsNothing(catalog: Catalog, child: Relation): boolean {
  return child.isPartitioned && descendants(catalog, child).length === 0;
}

function hasLikeIndex(child: Relation, columns: readonly (string | null)[]): boolean {
  return child.indexes.some((index) => index.columns.join() === columns.join());
}

/** The default partition must not hold rows that belong to the new one: it is closed, and read unless a CHECK proves it. */
function defaultTouches(catalog: Catalog, parent: Relation, bound: PartitionBoundSpec | undefined): Touch[] {
  if (bound?.is_default === true) return [];
  const found = defaultPartition(catalog, parent);
  if (found === null) return [];
  const isProven = excludesBound(found, parent, bound);
  return family(catalog, found, true).map((each) => ({
    relation: each,
    mode: "ACCESS EXCLUSIVE",
    scan: !isProven && !excludesBound(each, parent, bound),
  }));
}

function defaultPartition(catalog: Catalog, parent: Relation): Relation | null {
  return (
    Object.values(catalog.relations).find((each) => each.isDefaultPartition && each.parents.includes(keyOf(parent))) ??
    null
  );
}

/** Foreign keys of the parent, in both directions, become the partition's own. */
function foreignKeyTouches(catalog: Catalog, parent: Relation): Touch[] {
  const out = parent.constraints.flatMap((each) =>
    each.references === null ? [] : [relationAt(catalog, each.references.split("."))],
  );
  const into = referencing(catalog, parent).map((found) => found.relation);
  return touchAll([...out, ...into], "SHARE ROW EXCLUSIVE");
}

/** DETACH PARTITION. */
export function detachTouches({ command, relation, catalog, major }: CommandAt): Touch[] | null {
  if (command.def === undefined || !("PartitionCmd" in command.def)) return null;
  const child = relationOf(catalog, command.def.PartitionCmd.name);
  const isConcurrent = command.def.PartitionCmd.concurrent === true;
  const other = isConcurrent ? null : defaultPartition(catalog, relation);
  return [
    // Two transactions: first both are marked, then the partition alone is closed (manual, ALTER TABLE, DETACH PARTITION).
    ...touchAll([relation], isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE"),
    ...touchAll([child], major < 14 ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE"),
    ...(other === null || other === child ? [] : touchAll([other], "ACCESS EXCLUSIVE")),
    ...foreignKeyTouches(catalog, relation),
  ];
}

/** CREATE TABLE … PARTITION OF: the parent is closed, and the default partition is read. */
export function createPartitionTouches(
  parent: Relation,
  bound: PartitionBoundSpec | undefined,
  catalog: Catalog,
): Touch[] {
  return [
    ...touchAll([parent], "ACCESS EXCLUSIVE"),
    ...defaultTouches(catalog, parent, bound),
    ...foreignKeyTouches(catalog, parent),
  ];
}
