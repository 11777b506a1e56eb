// VACUUM, CLUSTER, REINDEX, TRUNCATE, REFRESH, LOCK and COPY.
import type { Node, VacuumStmt } from "libpg-query";
import { lockModes } from "../../../core/effect.ts";
import type { LockMode } from "../../../core/effect.ts";
import { family, indexNamed, ownedSequences, partsOf, referencing, relationAt, relationOf } from "./catalog-model.ts";
import type { Catalog, Relation } from "./catalog-model.ts";
import { expanded, queryTouches, relationsRead } from "./queries.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

/** Null: the statement is none of these, or which tables it goes over is not known. */
export function maintenanceTouches(node: Node, catalog: Catalog): Touch[] | null {
  if ("VacuumStmt" in node) return vacuumTouches(node.VacuumStmt, catalog);
  if ("ClusterStmt" in node) {
    if (node.ClusterStmt.relation === undefined) return null;
    const relation = relationOf(catalog, node.ClusterStmt.relation);
    return touchAll(family(catalog, relation, relation.isPartitioned), "ACCESS EXCLUSIVE", { rewrite: true });
  }
  if ("ReindexStmt" in node) {
    const { kind, relation, params = [] } = node.ReindexStmt;
    const isConcurrent = params.some((each) => "DefElem" in each && each.DefElem.defname === "concurrently");
    const mode: LockMode = isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
    if (kind === "REINDEX_OBJECT_INDEX") {
      const found = indexNamed(catalog, partsOf(relation));
      return found === null
        ? null
        : touchAll(family(catalog, found.relation, found.relation.isPartitioned), mode, { scan: true });
    }
    if (kind !== "REINDEX_OBJECT_TABLE") return null;
    const table = relationOf(catalog, relation);
    return family(catalog, table, table.isPartitioned).map((each) => ({
      relation: each,
      mode,
      scan: !each.isKnown || each.indexes.length > 0,
    }));
  }
  if ("TruncateStmt" in node) {
    const { relations = [], behavior, restart_seqs: restarts } = node.TruncateStmt;
    const named = relations
      .flatMap((each) => relationsRead(each, catalog))
      .flatMap((each) => family(catalog, each, true));
    const all = behavior === "DROP_CASCADE" ? withReferencing(catalog, named) : named;
    return [
      ...touchAll(all, "ACCESS EXCLUSIVE", { rewrite: true }),
      ...(restarts === true
        ? touchAll(
            all.flatMap((each) => ownedSequences(catalog, each)),
            "ACCESS EXCLUSIVE",
          )
        : []),
    ];
  }
  if ("RefreshMatViewStmt" in node) {
    const { relation, concurrent } = node.RefreshMatViewStmt;
    const view = relationOf(catalog, relation);
    const sources = expanded(
      view.uses.map((use) => relationAt(catalog, use.split("."))),
      catalog,
    );
    return [
      ...touchAll([view], concurrent === true ? "EXCLUSIVE" : "ACCESS EXCLUSIVE", {
        rewrite: concurrent !== true,
        scan: true,
      }),
      ...touchAll(sources, "ACCESS SHARE"),
    ];
  }
  if ("LockStmt" in node) {
    const mode = lockModes[(node.LockStmt.mode ?? 8) - 1]?.mode ?? "ACCESS EXCLUSIVE";
    return touchAll(
      expanded(
        (node.LockStmt.relations ?? []).flatMap((each) => relationsRead(each, catalog)),
        catalog,
      ),
      mode,
    );
  }
  if ("CopyStmt" in node) {
    const { relation, query, is_from: isFrom } = node.CopyStmt;
    if (query !== undefined) return queryTouches(query, catalog);
    const target = relationOf(catalog, relation);
    return touchAll([target], isFrom === true ? "ROW EXCLUSIVE" : "ACCESS SHARE", { scan: isFrom !== true });
  }
  return null;
}

function withReferencing(catalog: Catalog, named: readonly Relation[]): Relation[] {
  const all = [...named];
  for (const each of all) {
    const more = referencing(catalog, each).map((found) => found.relation);
    all.push(...more.filter((other) => !all.includes(other)));
  }
  return all;
}

function vacuumTouches(statement: VacuumStmt, catalog: Catalog): Touch[] | null {
  const options = (statement.options ?? []).flatMap((each) => ("DefElem" in each ? [each.DefElem] : []));
  const isFull = options.some((each) => each.defname === "full");
  const ranges = (statement.rels ?? []).flatMap((each) =>
    "VacuumRelation" in each && each.VacuumRelation.relation !== undefined ? [each.VacuumRelation.relation] : [],
  );
  const relations =
    ranges.length === 0
      ? Object.values(catalog.relations).filter((each) => each.kind === "table" || each.kind === "materialized-view")
      : ranges.map((range) => relationOf(catalog, range)).flatMap((each) => family(catalog, each, each.isPartitioned));
  return isFull && statement.is_vacuumcmd === true
    ? touchAll(relations, "ACCESS EXCLUSIVE", { rewrite: true })
    : touchAll(relations, "SHARE UPDATE EXCLUSIVE");
}
