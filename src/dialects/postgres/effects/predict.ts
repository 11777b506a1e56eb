// What a statement would do to the tables that are there: locks, rewrite, scan. Pure: no database is asked.
import type { Node } from "libpg-query";
import type { Effect } from "../../../core/effect.ts";
import { isNever } from "./harmless.ts";
import { alterTableTouches } from "./alter-table.ts";
import { keyOf, relationOf } from "./catalog-model.ts";
import type { Catalog, PredictFacts } from "./catalog-model.ts";
import { createTouches } from "./creations.ts";
import { dropTouches } from "./drops.ts";
import { maintenanceTouches } from "./maintenance.ts";
import { objectTouches } from "./objects.ts";
import { evolve } from "./evolve.ts";
import { blockOf, statementsOf } from "./procedures.ts";
import { callsIn, queryTouches } from "./queries.ts";
import { effectOf } from "./touch.ts";
import type { Touch } from "./touch.ts";

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

/** The relation that a statement gives another name or schema, by both keys; null when it does not. */
export function newName(node: Node, catalog: Catalog): { from: string; to: string } | null {
  if ("RenameStmt" in node) {
    const { renameType, relation, newname } = node.RenameStmt;
    const kinds: (string | undefined)[] = ["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE"];
    if (!kinds.includes(renameType) || newname === undefined) return null;
    const found = relationOf(catalog, relation);
    return { from: keyOf(found), to: keyOf({ ...found, name: newname }) };
  }
  if (!("AlterObjectSchemaStmt" in node) || node.AlterObjectSchemaStmt.relation === undefined) return null;
  const found = relationOf(catalog, node.AlterObjectSchemaStmt.relation);
  return { from: keyOf(found), to: keyOf({ ...found, schema: node.AlterObjectSchemaStmt.newschema ?? found.schema }) };
}

function touchesOf(node: Node, catalog: Catalog, major: number, depth = 0): Touch[] | null {
  if ("DoStmt" in node) {
    const { language, body } = blockOf(node.DoStmt);
    return bodyTouches(statementsOf(language, body), catalog, major, depth);
  }
  const own = ownTouches(node, catalog, major);
  if (own === null || !queryKinds.some((kind) => kind in node)) return own;
  const called = callsIn(node, catalog).map((key) => callTouches(key, catalog, major, depth));
  return called.includes(null) ? null : [...own, ...called.flatMap((each) => each ?? [])];
}

/** Statements that run the functions they mention. */
const queryKinds = [
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "CreateTableAsStmt",
  "CopyStmt",
  "CallStmt",
];

function ownTouches(node: Node, catalog: Catalog, major: number): Touch[] | null {
  if ("AlterTableStmt" in node) return alterTableTouches(node.AlterTableStmt, catalog, major);
  if ("DropStmt" in node) return dropTouches(node.DropStmt, catalog);
  if ("CallStmt" in node) return [];
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

/** Bodies that call each other for ever end here: what they do is not known. */
const deepest = 8;

function callTouches(key: string, catalog: Catalog, major: number, depth: number): Touch[] | null {
  const called = catalog.functions[key];
  if (called === undefined) return null;
  // The server lets them read only (manual, CREATE FUNCTION): no lock that blocks anybody.
  if (called.volatility !== "volatile") return [];
  return called.body === null ? null : bodyTouches(statementsOf(called.language, called.body), catalog, major, depth);
}

function bodyTouches(statements: Node[] | null, catalog: Catalog, major: number, depth: number): Touch[] | null {
  if (statements === null || depth > deepest) return null;
  const touches: Touch[] = [];
  let now = catalog;
  for (const each of statements) {
    const found = touchesOf(each, now, major, depth + 1);
    if (found === null) return null;
    touches.push(...found.filter(({ relation }) => keyOf(relation) in catalog.relations || !relation.isKnown));
    now = evolve(now, each, { major });
  }
  return touches;
}
