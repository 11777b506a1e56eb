// Names of everything that one migration puts into a database beside what the author asked for.
import { deriveName, shortHash } from "../../sql/identifier.ts";

/** Where trigger functions, inner views and archives live. */
export const stateSchema = "shoofly";

/** Comment on every version schema: how they are told from schemas of the user. */
export const versionSchemaComment = "shoofly version of ";

export interface Names {
  /** Six hex digits of the migration's name: two unpurged migrations on one table stay apart. */
  readonly tag: string;
  /** The second column that holds the new value until the switch. */
  readonly added: (column: string) => string;
  /** The old column after the switch, until purge. */
  readonly retired: (column: string) => string;
  /** The column that tells the insert trigger which version wrote the row. */
  readonly writer: string;
  readonly check: (table: string, column: string) => string;
  readonly shadowIndex: (index: string) => string;
  readonly retiredIndex: (index: string) => string;
  readonly innerView: (table: string) => string;
  readonly syncFunction: (table: string, role: string) => string;
  readonly trigger: (role: string) => string;
  readonly archive: (what: string) => string;
  /** Where a dropped table waits for purge: a schema of its own, so that no name of it can collide. */
  readonly retiredSchema: string;
}

export function namesOf(migration: string, versionSchema: string): Names {
  const tag = shortHash(migration, 6);
  const prefix = `_shoofly_${tag}`;
  return {
    tag,
    added: (column) => deriveName(`${prefix}_new`, column),
    retired: (column) => deriveName(`${prefix}_old`, column),
    writer: `${prefix}_writer`,
    check: (table, column) => deriveName(`${prefix}_check`, table, column),
    shadowIndex: (index) => deriveName(`${prefix}_new`, index),
    retiredIndex: (index) => deriveName(`${prefix}_old`, index),
    innerView: (table) => deriveName(versionSchema, table),
    syncFunction: (table, role) => deriveName("sync", tag, table, role),
    trigger: (role) => `~shoofly_${triggerOrder(migration)}_${role}`,
    archive: (what) => deriveName("archive", tag, what),
    retiredSchema: `shoofly_retired_${tag}`,
  };
}

/** Columns of ours in a table: second and retired ones, and the writer's. */
export function isOwnColumn(name: string): boolean {
  return name.startsWith("_shoofly_");
}

/**
 * Triggers fire in the order of their names (manual §39.1). `~` sorts after letters, so ours run after the user's and see
 * what those made of the row; among ours the later migration runs first, because the earlier one derives its retired
 * columns from what the later one writes.
 */
function triggerOrder(migration: string): string {
  const stamp = /^\d{14}/.exec(migration)?.[0];
  if (stamp === undefined) return "00000000000000";
  return String(99_999_999_999_999n - BigInt(stamp)).padStart(14, "0");
}
