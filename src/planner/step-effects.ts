// What each step of a plan locks, rewrites and scans, worked out from its own statements: nobody has to write it down beside them.
import { mergeEffects, strengthOf } from "../core/effect.ts";
import type { Effect } from "../core/effect.ts";
import type { Facts, Schema } from "../core/schema.ts";
import type { Lock, Step } from "../core/step.ts";
import { catalogOf } from "../dialects/postgres/effects/catalog.ts";
import type { Catalog } from "../dialects/postgres/effects/catalog.ts";
import { evolve } from "../dialects/postgres/effects/evolve.ts";
import { newName, onExisting, predictEffect } from "../dialects/postgres/effects/predict.ts";
import { parseNodes } from "../dialects/postgres/parse.ts";

/**
 * The steps with the effect of their statements, each on the schema that the steps before leave. A step with a statement whose
 * effect is not known keeps what its operation says. Listed are locks on relations of the migrated schema that were there before,
 * and on others that the operation names; one that only reads (ACCESS SHARE, ROW SHARE) when the operation names it.
 */
export function withPredictedEffects(steps: readonly Step[], schema: Schema, facts: Facts): Step[] {
  let catalog = catalogOf(schema);
  return steps.map((step) => {
    const { effect, after } = effectOfAll(step.sql, catalog, facts);
    catalog = after;
    if (effect === null || (step.kind !== "ddl" && step.kind !== "backfill")) return step;
    const written = new Set(step.locks.map((lock) => lock.relation));
    const locks = effect.locks.filter(
      ({ relation, mode }) =>
        written.has(relation) || (relation.startsWith(`${schema.name}.`) && strengthOf(mode) > strengthOf("ROW SHARE")),
    );
    return { ...step, locks: inOrderOf(step.locks, locks), rewrite: effect.rewrite, scan: effect.scan };
  });
}

/** Statements of one step: a relation that one of them renames is listed under the name it had before the step. */
function effectOfAll(
  texts: readonly string[],
  start: Catalog,
  facts: Facts,
): { effect: Effect | null; after: Catalog } {
  const effects: (Effect | null)[] = [];
  const names = new Map<string, string>();
  let catalog = start;
  for (const node of texts.flatMap(parseNodes)) {
    const found = predictEffect(node, catalog, facts);
    const own = found === null ? null : onExisting(found, catalog);
    effects.push(
      own === null
        ? null
        : {
            ...own,
            locks: own.locks.map((lock) => ({ ...lock, relation: names.get(lock.relation) ?? lock.relation })),
          },
    );
    const moved = newName(node, catalog);
    if (moved !== null) names.set(moved.to, names.get(moved.from) ?? moved.from);
    catalog = evolve(catalog, node, facts);
  }
  const known = effects.filter((effect) => effect !== null);
  return { effect: known.length === effects.length ? mergeEffects(known) : null, after: catalog };
}

/** Those that the operation names come first and as it orders them. */
function inOrderOf(written: readonly Lock[], locks: readonly Lock[]): Lock[] {
  const place = (lock: Lock): number => {
    const at = written.findIndex((each) => each.relation === lock.relation);
    return at === -1 ? written.length : at;
  };
  return locks.toSorted((a, b) => place(a) - place(b));
}
