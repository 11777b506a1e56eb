// The relations that a statement works on, as opposed to those that it only refers to.
import type { Node, RangeVar } from "libpg-query";

/** Empty for statements that work on no relation, or find theirs by another name (an index, a function). */
export function targetsOf(node: Node): readonly RangeVar[] {
  if ("TruncateStmt" in node) return ranges(node.TruncateStmt.relations);
  if ("LockStmt" in node) return ranges(node.LockStmt.relations);
  if ("VacuumStmt" in node)
    return (node.VacuumStmt.rels ?? []).flatMap((each) =>
      "VacuumRelation" in each && each.VacuumRelation.relation !== undefined ? [each.VacuumRelation.relation] : [],
    );
  const [body] = Object.values(node) as unknown[];
  const relation =
    typeof body === "object" && body !== null && "relation" in body
      ? (body.relation as RangeVar | undefined)
      : undefined;
  return relation?.relname === undefined ? [] : [relation];
}

function ranges(nodes: readonly Node[] | undefined): RangeVar[] {
  return (nodes ?? []).flatMap((each) => ("RangeVar" in each ? [each.RangeVar] : []));
}
