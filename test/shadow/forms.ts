// The measured forms of ddl-truth.json, and which of them are heavy.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lockOn } from "../../src/core/effect.ts";
import type { LockMode } from "../../src/core/effect.ts";
import type { Lock } from "../../src/core/step.ts";

export interface Form {
  readonly form: string;
  /** Statements that were committed before. */
  readonly setup?: string;
  readonly sql: string;
  readonly results: readonly {
    readonly majors: readonly number[];
    readonly error?: string;
    readonly locks?: Readonly<Record<string, LockMode>>;
    readonly rewrite?: readonly string[];
    readonly scan?: readonly string[];
  }[];
}

export interface Seen {
  readonly locks: readonly Lock[];
  readonly rewrite: boolean;
  readonly scan: boolean;
  /** Readers or writers of an existing table wait while it is gone through. */
  readonly heavy: boolean;
}

export function readText(name: string): string {
  return readFileSync(join(import.meta.dirname, name), "utf8");
}

export const forms: readonly Form[] = JSON.parse(readText("ddl-truth.json")) as Form[];

/** What the server of this major did; null when it does not have the form or refuses it. */
export function seenOn(form: Form, major: number): Seen | null {
  const found = form.results.find((result) => result.majors.includes(major));
  if (found?.locks === undefined) return null;
  const { locks, rewrite = [], scan = [] } = found;
  const all = Object.entries(locks).map(([relation, mode]) => lockOn(`public.${relation}`, mode));
  const gone = [...rewrite, ...scan];
  return {
    locks: all,
    rewrite: rewrite.length > 0,
    scan: scan.length > 0,
    heavy: all.some((lock) => lock.blocks !== "none" && gone.includes(lock.relation.replace(/^public\./, ""))),
  };
}
