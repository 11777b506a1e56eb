// What a rule is: it finds what no operation has a cure for, or what breaks an application although no lock is heavy.
import type { Node, RangeVar } from "libpg-query";
import type { Blocks, Severity } from "../core/finding.ts";

/** What the statement would do to tables that exist, as predicted or traced. */
export interface StatementEffect {
  /** The strongest lock on a relation that exists; null when there is none. */
  readonly lock: string | null;
  readonly blocks: Blocks;
  readonly rewrite: boolean;
  readonly scan: boolean;
  readonly heavy: boolean;
}

/** One statement of a linted file with what is known at its place. */
export interface LintStatement {
  readonly node: Node;
  /** Character range in the file. */
  readonly start: number;
  readonly end: number;
  /** Null when nobody can tell. */
  readonly effect: StatementEffect | null;
  /** Number of the explicit transaction block that it stands in; null outside of one. */
  readonly transaction: number | null;
  /** The relation was made by an earlier statement or file of this run, or by this statement: nobody uses it yet. */
  readonly isNew: (relation: RangeVar | undefined) => boolean;
}

/** A linted file, as rules see it. */
export interface LintedFile {
  /** As shown to people. */
  readonly file: string;
  readonly text: string;
  readonly statements: readonly LintStatement[];
  /** Column lists of the indexes that the table has once all files have run; null when the table was never seen. */
  readonly indexesOf: (relation: RangeVar | undefined) => readonly (readonly string[])[] | null;
}

export interface RuleHit {
  /** Null when the hit is about the file as a whole. */
  readonly statement: LintStatement | null;
  /** Character range in the file; default: the statement, or the first line. */
  readonly start?: number;
  readonly end?: number;
  readonly message: string;
  /** What to write or do instead, one step per entry. */
  readonly plan: readonly string[];
}

/** Pure: no I/O. */
export interface Rule {
  /** The slug: folder, finding rule, doc anchor. */
  readonly name: string;
  /** One sentence for lists and reports. */
  readonly summary: string;
  readonly severity: Severity;
  /** Rules of style and taste are off until the configuration turns them on. */
  readonly isDefault: boolean;
  /** The hit says what the statement does to the table; the operation's own finding is left out then. */
  readonly explainsEffect: boolean;
  /** Harmless on a small table: the severity is info there. */
  readonly bySize: boolean;
  readonly check: (file: LintedFile) => readonly RuleHit[];
}
