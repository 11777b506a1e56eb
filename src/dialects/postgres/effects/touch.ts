// What a statement does to one relation, before it is summed up.
import { nothing, strongestPerRelation, lockOn } from "../../../core/effect.ts";
import type { Effect, LockMode } from "../../../core/effect.ts";
import { stateSchema } from "../names.ts";
import { keyOf } from "./catalog-model.ts";
import type { Relation } from "./catalog-model.ts";

export interface Touch {
  readonly relation: Relation;
  readonly mode: LockMode;
  readonly rewrite?: boolean;
  readonly scan?: boolean;
}

/** The same lock on several relations. */
export function touchAll(
  relations: readonly Relation[],
  mode: LockMode,
  what: Pick<Touch, "rewrite" | "scan"> = {},
): Touch[] {
  return relations.map((relation) => ({ relation, mode, ...what }));
}

/** The server's own catalogs and the journal are nobody's tables: no client of the application waits for them. */
const ownSchemas: readonly string[] = ["pg_catalog", "information_schema", stateSchema];

/** A partitioned table has no rows of its own: only its partitions are scanned and rewritten. */
export function effectOf(all: readonly Touch[]): Effect {
  const touches = all.filter(({ relation }) => !ownSchemas.includes(relation.schema));
  const stored = touches.filter((touch) => !touch.relation.isPartitioned);
  return {
    ...nothing,
    locks: strongestPerRelation(touches.map((touch) => lockOn(keyOf(touch.relation), touch.mode))),
    rewrite: stored.some((touch) => touch.rewrite === true),
    scan: stored.some((touch) => touch.scan === true || touch.rewrite === true),
  };
}
