// Constraints and indexes that a migration adds or drops, as data: names of columns are physical ones until steps are made of them.
import type { Template } from "./expression.ts";

interface ConstraintBase {
  readonly table: string;
  readonly name: string;
  /** Physical columns, in order. */
  readonly columns: readonly string[];
  /** What follows the definition: DEFERRABLE, NO INHERIT, NOT ENFORCED … with a leading blank. */
  readonly tail: string;
  /** Existing rows are to be proven; false for the author's own NOT VALID. */
  readonly isValidated: boolean;
  /** From the switch on, because old writers do not keep it; or before the new version is offered. */
  readonly enforced: "from-switch" | "from-start";
}

export interface NewCheck extends ConstraintBase {
  readonly kind: "check";
  readonly condition: Template;
}

export interface NewForeignKey extends ConstraintBase {
  readonly kind: "foreign-key";
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] };
  readonly isMatchFull: boolean;
  /** The referenced key is made in the contract phase, so the constraint can only come after it. */
  readonly isLate: boolean;
}

/** UNIQUE and PRIMARY KEY: made of an index that is built CONCURRENTLY. */
export interface NewKey extends ConstraintBase {
  readonly kind: "unique" | "primary-key";
  readonly including: readonly string[];
  readonly nullsNotDistinct: boolean;
  /** ` WITH (…)` with a leading blank. */
  readonly options: string;
  readonly tablespace: string | null;
  /** The author's `USING INDEX`: the index is there by then. */
  readonly usingIndex: string | null;
}

/** NOT NULL with a name (PostgreSQL 18). */
export interface NewNotNull extends ConstraintBase {
  readonly kind: "not-null";
}

export type NewConstraint = NewCheck | NewForeignKey | NewKey | NewNotNull;

export function isKey(constraint: NewConstraint): constraint is NewKey {
  return constraint.kind === "unique" || constraint.kind === "primary-key";
}

/** Everything but a key: proven row by row. */
export type RowConstraint = Exclude<NewConstraint, NewKey>;

export function isRowConstraint(constraint: NewConstraint): constraint is RowConstraint {
  return !isKey(constraint);
}

/** A constraint of the schema that the migration drops. */
export interface DroppedConstraint {
  readonly table: string;
  readonly name: string;
}

/** An index that the migration builds CONCURRENTLY. */
export interface NewIndex {
  readonly table: string;
  readonly name: string;
  /** Physical key columns; null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly isUnique: boolean;
  /** `CREATE INDEX …` over physical names. */
  readonly definition: string;
  readonly phase: "verify" | "contract";
}
