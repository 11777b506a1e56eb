// What an operation is: it recognises one naive schema change, says what it would do, and holds the cure.
import type { Effect } from "../core/effect.ts";
import type { Draft } from "../dialects/postgres/draft.ts";
import { directive } from "../dialects/postgres/parse.ts";
import type { Statement } from "../dialects/postgres/parse.ts";

/** One schema change of one dialect. `C` is whatever `match` read from the statement. Pure: no I/O. */
export interface Operation<C> {
  /** The slug: folder, finding rule, doc anchor. */
  readonly name: string;
  /** Recognises the naive statement; null when it is something else. */
  readonly match: (statement: Statement, draft: Draft) => C | null;
  /** In words, what the statement would do if it ran as written. `effect` is what it locks, rewrites and scans; null: not known. */
  readonly message: (change: C, draft: Draft, effect: Effect | null) => string;
  /** It has a way without views, too: old and new columns beside each other in the table. Absent: refused there. */
  readonly worksDirectly?: true;
  /**
   * Writes the safe way into the draft.
   * @throws MigrationError `change-refused` or `expression-invalid` with the place in the file
   */
  readonly apply: (change: C, statement: Statement, draft: Draft) => Draft;
}

/** An operation whose change type is hidden, for the list: `match` and the rest are tied together. */
export interface MatchedOperation {
  readonly name: string;
  readonly worksDirectly: boolean;
  readonly message: (draft: Draft, effect: Effect | null) => string;
  readonly apply: (draft: Draft) => Draft;
}

/** Binds an operation to a statement when it matches. */
export interface Matcher {
  (statement: Statement, draft: Draft): MatchedOperation | null;
  /** The operation's slug. */
  readonly operation: string;
}

export function matcherOf<C>(operation: Operation<C>): Matcher {
  const match = (statement: Statement, draft: Draft): MatchedOperation | null => {
    // The author knows better: the statement runs as written.
    if (operation.name !== "raw" && directive(statement, "raw") !== undefined) return null;
    const change = operation.match(statement, draft);
    if (change === null) return null;
    return {
      name: operation.name,
      worksDirectly: operation.worksDirectly === true,
      message: (at, effect) => operation.message(change, at, effect),
      apply: (at) => operation.apply(change, statement, at),
    };
  };
  return Object.assign(match, { operation: operation.name });
}
