// What one statement does to relations that were there before it: the locks it takes, whether it rewrites or reads them in full.
import type { Blocks } from "./finding.ts";
import type { Lock } from "./step.ts";

export interface Effect {
  /** Per table, view, materialized view or sequence that was there before: the strongest mode that the statement takes. Indexes are left out. */
  readonly locks: readonly Lock[];
  /** A relation that was there before gets a new file. */
  readonly rewrite: boolean;
  /** A relation that was there before is read in full: checked, indexed or rewritten. */
  readonly scan: boolean;
  /** Observed in a shadow server, or taken from the table that is tested equal to it. */
  readonly source: "traced" | "table";
}

export type LockMode =
  | "ACCESS SHARE"
  | "ROW SHARE"
  | "ROW EXCLUSIVE"
  | "SHARE UPDATE EXCLUSIVE"
  | "SHARE"
  | "SHARE ROW EXCLUSIVE"
  | "EXCLUSIVE"
  | "ACCESS EXCLUSIVE";

/** Lock modes from weak to strong, with what each keeps other clients from doing (manual §13.3.1, table 13.2). */
export const lockModes: readonly { readonly mode: LockMode; readonly blocks: Blocks }[] = [
  { mode: "ACCESS SHARE", blocks: "none" },
  { mode: "ROW SHARE", blocks: "none" },
  { mode: "ROW EXCLUSIVE", blocks: "none" },
  { mode: "SHARE UPDATE EXCLUSIVE", blocks: "none" },
  // A plain SELECT takes ACCESS SHARE, which only ACCESS EXCLUSIVE conflicts with; INSERT, UPDATE and DELETE take ROW EXCLUSIVE.
  { mode: "SHARE", blocks: "writes" },
  { mode: "SHARE ROW EXCLUSIVE", blocks: "writes" },
  { mode: "EXCLUSIVE", blocks: "writes" },
  { mode: "ACCESS EXCLUSIVE", blocks: "reads+writes" },
];

export const nothing: Effect = { locks: [], rewrite: false, scan: false, source: "table" };

/** A lock on `schema.table` with what its mode blocks. */
export function lockOn(relation: string, mode: LockMode): Lock {
  return { relation, mode, blocks: lockModes[strengthOf(mode)]?.blocks ?? "reads+writes" };
}

/** Position of a mode in the order from weak to strong; -1 for a word that is no mode. */
export function strengthOf(mode: string): number {
  return lockModes.findIndex((each) => each.mode === mode);
}

/** The strongest lock of an effect; null when it takes none. */
export function strongestLock(effect: Effect): Lock | null {
  return effect.locks.reduce<Lock | null>(
    (strongest, lock) => (strongest === null || strengthOf(lock.mode) > strengthOf(strongest.mode) ? lock : strongest),
    null,
  );
}

/** A lock that blocks reads or writes is held while a table is scanned, rewritten or indexed. */
export function isHeavy(effect: Effect): boolean {
  return (effect.rewrite || effect.scan) && effect.locks.some((lock) => lock.blocks !== "none");
}

/** The effect of several statements in one transaction: of each relation the strongest lock. */
export function mergeEffects(effects: readonly Effect[]): Effect {
  return {
    locks: strongestPerRelation(effects.flatMap((effect) => effect.locks)),
    rewrite: effects.some((effect) => effect.rewrite),
    scan: effects.some((effect) => effect.scan),
    source: effects.length > 0 && effects.every((effect) => effect.source === "traced") ? "traced" : "table",
  };
}

/** One lock per relation, the strongest, in the order of first mention. */
export function strongestPerRelation(locks: readonly Lock[]): Lock[] {
  const byRelation = new Map<string, Lock>();
  for (const lock of locks) {
    const held = byRelation.get(lock.relation);
    if (held === undefined || strengthOf(lock.mode) > strengthOf(held.mode)) byRelation.set(lock.relation, lock);
  }
  return [...byRelation.values()];
}
