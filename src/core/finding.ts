// One finding about a statement: what it would lock, rewrite, break or lose. Hazards of a plan and lint findings share this shape.

export type Severity = "error" | "warning" | "info";

/** What a lock keeps other clients from doing. */
export type Blocks = "none" | "writes" | "reads+writes";

export interface Finding {
  /** The slug: operation or rule, e.g. `set-not-null`, `base-table-prepared`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  /** The strongest lock that the naive statement would take, e.g. `ACCESS EXCLUSIVE`. */
  readonly lock: string | null;
  readonly blocks: Blocks;
  readonly rewrite: boolean;
  readonly scan: boolean;
  /** A lock that blocks reads or writes of an existing table is held while that table is scanned, rewritten or indexed. */
  readonly heavy: boolean;
  /** The safe steps, as titles. */
  readonly plan: readonly string[];
  readonly suppressed: string | null;
}

/** A part of a file that nobody could judge: never counted as safe. */
export interface Unanalysed {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly reason: string;
}

const severities: readonly Severity[] = ["info", "warning", "error"];

/** Whether a severity is as bad as another, or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}
