// What one statement means for a live database: the severity that its lock, work and size deserve, and the words for it.
import type { Lock } from "../../core/step.ts";
import type { Severity } from "../../core/finding.ts";
import type { StatementEffect } from "../../rules/contract.ts";
import type { Breakage } from "./breakage.ts";
import { sizeText, waitOf } from "./duration.ts";
import type { TableSize } from "./duration.ts";

export interface Consequence {
  readonly severity: Severity;
  readonly message: string;
}

export interface Situation {
  readonly effect: StatementEffect;
  /** On relations that exist, of the effect. */
  readonly locks: readonly Lock[];
  readonly breakage: Breakage | null;
  /** An UPDATE or DELETE that may touch many rows. */
  readonly manyRows: { readonly verb: string; readonly table: string } | null;
  readonly isIndexBuild: boolean;
  /** Of a relation by `schema.name`; null when nobody knows. */
  readonly sizeOf: (relation: string) => TableSize | null;
  readonly isSmall: (size: TableSize) => boolean;
}

/** Null when clients notice nothing, or wait for a moment only. */
export function consequenceOf(situation: Situation): Consequence | null {
  const { effect, breakage, manyRows } = situation;
  const sentences = [
    ...(effect.heavy ? [heavySentence(situation)] : []),
    ...(breakage === null ? [] : [breakage.message]),
    ...(effect.heavy || manyRows === null ? [] : [rowsSentence(situation, manyRows)]),
  ];
  if (sentences.length === 0) return null;
  return { severity: severityOf(situation), message: sentences.join(" ") };
}

function severityOf({ effect, locks, breakage, manyRows, sizeOf, isSmall }: Situation): Severity {
  if (breakage !== null) return "error";
  const named = effect.heavy ? locks.filter((lock) => lock.blocks !== "none").map((lock) => lock.relation) : [];
  const relations = named.length > 0 || manyRows === null ? named : [manyRows.table];
  const areSmall = relations.every((relation) => {
    const size = sizeOf(relation);
    return size !== null && isSmall(size);
  });
  if (relations.length > 0 && areSmall) return "info";
  return effect.heavy ? "error" : "warning";
}

function heavySentence({ effect, locks, isIndexBuild, sizeOf }: Situation): string {
  const blocking = locks.filter((lock) => lock.blocks !== "none");
  const tables = blocking.map((lock) => lock.relation).join(", ");
  const it = blocking.length === 1 ? "it" : "them";
  const work = effect.rewrite
    ? `writes ${it} anew with all indexes`
    : isIndexBuild
      ? `builds an index over ${it}`
      : `reads all rows`;
  const waiting = effect.blocks === "reads+writes" ? "reads and writes" : "writes";
  return `Takes ${effect.lock ?? "a lock"} on ${tables} and ${work}: ${waiting} wait ${howLong(effect, largest(blocking, sizeOf), isIndexBuild)}.`;
}

function howLong(effect: StatementEffect, size: TableSize | null, isIndexBuild: boolean): string {
  if (size === null) return "until that is done, the longer the larger the table is (--db or --stats knows its size)";
  return waitOf(effect, size, isIndexBuild);
}

function largest(locks: readonly Lock[], sizeOf: Situation["sizeOf"]): TableSize | null {
  return locks
    .map((lock) => sizeOf(lock.relation))
    .reduce((most, size) => (size !== null && size.bytes > (most?.bytes ?? -1) ? size : most), null);
}

function rowsSentence({ sizeOf }: Situation, { verb, table }: NonNullable<Situation["manyRows"]>): string {
  const size = sizeOf(table);
  const known = size === null ? "" : ` (${sizeText(size)})`;
  return `One ${verb} over ${table}${known} holds the locks of all its rows until it ends: clients that write those rows wait.`;
}
