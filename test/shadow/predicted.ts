// Predictions for whole texts: statements are predicted one after the other, each on the catalog that the ones before left.
import { parseSync } from "libpg-query";
import type { Node } from "libpg-query";
import { mergeEffects } from "../../src/core/effect.ts";
import type { Effect } from "../../src/core/effect.ts";
import type { Catalog } from "../../src/dialects/postgres/effects/catalog.ts";
import { evolve } from "../../src/dialects/postgres/effects/evolve.ts";
import { predictEffect } from "../../src/dialects/postgres/effects/predict.ts";

/** The statements of a text. */
function nodesOf(sql: string): Node[] {
  if (sql === "") return [];
  return (parseSync(sql).stmts ?? []).flatMap((each) => (each.stmt === undefined ? [] : [each.stmt]));
}

/** The statements of a text, each with its own text: the parser counts in bytes. */
export function statementsOf(sql: string): { readonly node: Node; readonly text: string }[] {
  const bytes = Buffer.from(sql);
  return (parseSync(sql).stmts ?? []).flatMap(({ stmt, stmt_location: start = 0, stmt_len: length = 0 }) =>
    stmt === undefined
      ? []
      : [
          {
            node: stmt,
            text: bytes
              .subarray(start, length === 0 ? undefined : start + length)
              .toString()
              .trim(),
          },
        ],
  );
}

export function evolved(catalog: Catalog, sql: string, major: number): Catalog {
  return nodesOf(sql).reduce((now, node) => evolve(now, node, { major }), catalog);
}

/** All statements of a text as one transaction; null when one of them is not known. */
export function predicted(start: Catalog, sql: string, major: number): Effect | null {
  let catalog = start;
  const effects = nodesOf(sql).map((node) => {
    const effect = predictEffect(node, catalog, { major });
    catalog = evolve(catalog, node, { major });
    return effect;
  });
  const known = effects.filter((effect) => effect !== null);
  return known.length === effects.length ? mergeEffects(known) : null;
}

/** Locks, rewrite and scan in one line, for comparing. */
export function line(effect: Pick<Effect, "locks" | "rewrite" | "scan"> | null): string {
  if (effect === null) return "not known";
  const locks = effect.locks.map(({ relation, mode }) => `${mode} on ${relation.replace(/^public\./, "")}`);
  return [...locks.toSorted(), effect.rewrite ? "rewrite" : "", effect.scan ? "scan" : ""].filter(Boolean).join(", ");
}
