// What a statement would do to the tables that are there: locks, rewrite, scan. Pure: no database is asked.
import type { Node } from "libpg-query";
import type { Effect } from "../../../core/effect.ts";
import { isNever } from "./harmless.ts";
import { alterTableTouches } from "./alter-table.ts";
import type { Catalog } from "./catalog-model.ts";
import { createTouches } from "./creations.ts";
import { dropTouches } from "./drops.ts";
import { maintenanceTouches } from "./maintenance.ts";
import { objectTouches } from "./objects.ts";
import { queryTouches } from "./queries.ts";
import { effectOf } from "./touch.ts";
import type { Touch } from "./touch.ts";

export interface PredictFacts {
  /** Major version of the server. */
  readonly major: number;
}

/**
 * The effect of one statement on relations that were there before it, in a transaction of its own.
 * Null means that it is not known: whoever asks has to say so, and must not take it for harmless.
 */
export function predictEffect(node: Node, catalog: Catalog, facts: PredictFacts): Effect | null {
  const touches = touchesOf(node, catalog, facts.major);
  return touches === null ? null : effectOf(touches);
}

/**
 * The effect on relations that other clients can see: without those that the statements before it created. Only for a caller
 * whose statements are not yet committed, or run before anybody uses what they make.
 */
export function onExisting(effect: Effect, catalog: Catalog): Effect {
  const locks = effect.locks.filter((lock) => (catalog.relations[lock.relation]?.createdBy ?? null) === null);
  return locks.length === 0 && effect.locks.length > 0
    ? { ...effect, locks, rewrite: false, scan: false }
    : { ...effect, locks };
}

function touchesOf(node: Node, catalog: Catalog, major: number): Touch[] | null {
  if ("AlterTableStmt" in node) return alterTableTouches(node.AlterTableStmt, catalog, major);
  if ("DropStmt" in node) return dropTouches(node.DropStmt, catalog);
  if (
    "SelectStmt" in node ||
    "InsertStmt" in node ||
    "UpdateStmt" in node ||
    "DeleteStmt" in node ||
    "MergeStmt" in node
  )
    return queryTouches(node, catalog);
  if (isNever(node)) return [];
  return createTouches(node, catalog) ?? maintenanceTouches(node, catalog) ?? objectTouches(node, catalog, major);
}
