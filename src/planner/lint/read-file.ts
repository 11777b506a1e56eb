// Reads one file statement by statement: what each would do to the schema that the ones before it left.
import type { Node, RangeVar } from "libpg-query";
import { isHeavy, strongestLock } from "../../core/effect.ts";
import type { Effect } from "../../core/effect.ts";
import type { Lock } from "../../core/step.ts";
import { relationAt, relationOf } from "../../dialects/postgres/effects/catalog-model.ts";
import type { Catalog, Relation } from "../../dialects/postgres/effects/catalog-model.ts";
import { evolve } from "../../dialects/postgres/effects/evolve.ts";
import { predictEffect } from "../../dialects/postgres/effects/predict.ts";
import { splitStatements } from "../../dialects/postgres/split.ts";
import type { LintStatement, StatementEffect } from "../../rules/contract.ts";
import type { Origin } from "../../dialects/postgres/source.ts";
import type { LintFile } from "./lint.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { targetsOf } from "./targets.ts";
import { unitsOf } from "./units.ts";
import type { Unit, Whole } from "./units.ts";

/** Observes what a statement does; null: it could not be observed. */
export type Trace = (statement: {
  readonly file: string;
  readonly sql: string;
  readonly node: Node;
}) => Promise<Effect | null>;

/** One unit as rules see it, with what the operations need beyond that. */
export interface ReadStatement extends LintStatement {
  readonly whole: Whole;
  /** Before the statement. */
  readonly catalog: Catalog;
  /** Of the effect, on relations that somebody may use. */
  readonly locks: readonly Lock[];
}

export interface Broken {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

export interface Gap {
  readonly start: number;
  readonly end: number;
}

export interface ReadFile {
  readonly file: string;
  readonly text: string;
  readonly origins: readonly Origin[];
  readonly statements: readonly ReadStatement[];
  readonly broken: readonly Broken[];
  /** Blanks and comments before each statement, broken ones included, and after the last one. */
  readonly gaps: readonly Gap[];
}

interface Reading {
  readonly major: number;
  readonly trace?: Trace;
}

/**
 * The file's statements with their effects; of a file that is not judged only the schema that it leaves.
 * @param world the schema before the file; afterwards the one that the file leaves
 */
export async function readFile(file: LintFile, world: Neighbourhood, reading: Reading): Promise<ReadFile> {
  const { text, isJudged } = file;
  const statements: ReadStatement[] = [];
  const broken: Broken[] = [];
  const gaps: Gap[] = [];
  const first = world.statements;
  let gapStart = 0;
  let block = 0;
  let isOpen = false;
  for (const piece of splitStatements(text)) {
    gaps.push({ start: gapStart, end: piece.start });
    const whole = { gapStart, start: piece.start, end: piece.end };
    gapStart = piece.end;
    if (piece.node === null) {
      broken.push({ start: piece.error.at, end: piece.end, reason: piece.error.message });
      continue;
    }
    const node = piece.node;
    const catalog = world.around(node);
    if (isJudged) {
      const units = unitsOf({ ...whole, node }, text);
      const transaction = isOpen || units.length > 1 ? block : null;
      const sql = text.slice(piece.start, piece.end);
      const traced = (await reading.trace?.({ file: file.file, sql, node })) ?? null;
      statements.push(
        ...readUnits({ ...whole, node }, units, catalog, traced ?? predictEffect(node, catalog, reading), reading).map(
          (each) => ({ ...each, transaction }),
        ),
      );
    }
    const change = blockChange(node);
    if (change !== null || !isOpen) block += 1;
    if (change !== null) isOpen = change === "begin";
    world.advance(catalog, evolve(catalog, node, reading));
  }
  if (!isJudged) world.settleFrom(first);
  gaps.push({ start: gapStart, end: text.length });
  return { file: file.file, text, origins: file.origins ?? [], statements, broken, gaps };
}

const blockChanges: Readonly<Record<string, "begin" | "end">> = {
  TRANS_STMT_BEGIN: "begin",
  TRANS_STMT_START: "begin",
  TRANS_STMT_COMMIT: "end",
  TRANS_STMT_ROLLBACK: "end",
  TRANS_STMT_PREPARE: "end",
};

/** Savepoints neither open nor close a block. */
function blockChange(node: Node): "begin" | "end" | null {
  return "TransactionStmt" in node ? (blockChanges[node.TransactionStmt.kind ?? ""] ?? null) : null;
}

function readUnits(
  whole: Whole,
  units: readonly Unit[],
  before: Catalog,
  effect: Effect | null,
  { major }: Reading,
): Omit<ReadStatement, "transaction">[] {
  const all = existing(whole.node, effect, before);
  if (units.length === 1) return [{ ...whole, whole, ...all, catalog: before, isNew: newTo(before, whole.node) }];
  // Command by command, to say which of them it is; the statement as a whole has the last word.
  let catalog = before;
  const parts = units.map((unit) => {
    const at = catalog;
    catalog = evolve(catalog, unit.node, { major });
    const part = existing(unit.node, predictEffect(unit.node, at, { major }), at);
    const calm = part.effect === null ? null : { ...part.effect, rewrite: false, scan: false, heavy: false };
    const isHeavyAsWhole = all.effect === null || all.effect.heavy;
    return {
      ...unit,
      whole,
      ...part,
      effect: isHeavyAsWhole ? part.effect : calm,
      catalog: at,
      isNew: newTo(at, unit.node),
    };
  });
  const isExplained = all.effect?.heavy !== true || parts.some((part) => part.effect?.heavy === true);
  if (all.effect === null || !isExplained)
    return [{ ...whole, whole, ...all, catalog: before, isNew: newTo(before, whole.node) }];
  return parts;
}

/** The part of an effect that somebody can notice: on relations that were there before the files. */
function existing(
  node: Node,
  effect: Effect | null,
  catalog: Catalog,
): { readonly effect: StatementEffect | null; readonly locks: readonly Lock[] } {
  if (effect === null) return { effect: null, locks: [] };
  const isNew = newTo(catalog, node);
  const locks = effect.locks.filter((lock) => !isNewRelation(relationAt(catalog, lock.relation.split("."))));
  const targets = targetsOf(node);
  const isWorkOnNew = targets.length > 0 && targets.every((target) => isNew(target));
  const seen: Effect = isWorkOnNew ? { ...effect, locks, rewrite: false, scan: false } : { ...effect, locks };
  const strongest = strongestLock(seen);
  return {
    locks,
    effect: {
      lock: strongest?.mode ?? null,
      blocks: strongest?.blocks ?? "none",
      rewrite: seen.rewrite,
      scan: seen.scan,
      heavy: isHeavy(seen),
    },
  };
}

/** Whether a relation is made by the run itself: by an earlier statement, or by this one. */
function newTo(catalog: Catalog, node: Node): (range: RangeVar | undefined) => boolean {
  const made = "CreateStmt" in node ? node.CreateStmt.relation : undefined;
  return (range) =>
    range !== undefined &&
    ((made !== undefined && made.relname === range.relname && made.schemaname === range.schemaname) ||
      isNewRelation(relationOf(catalog, range)));
}

function isNewRelation(relation: Relation): boolean {
  return relation.createdBy !== null || relation.isTemporary;
}
