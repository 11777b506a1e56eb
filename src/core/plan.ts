// A plan: what one `start`, `complete`, `purge` or `rollback` will do to one database. Plain JSON.
import type { Deployment, Estimate } from "./estimate.ts";
import type { Finding } from "./finding.ts";
import type { Check, Step } from "./step.ts";

/** One migration file that the plan carries out. */
export interface PlanMember {
  readonly name: string;
  readonly file: string;
  /** `sha256:<hex>` of the file's text. */
  readonly checksum: string;
  /** Of a file that is not SQL: the naive SQL that it stands for. */
  readonly sql?: string;
}

/** A read-only query that proves an expression before anything runs. */
export interface Preflight {
  readonly title: string;
  /** `prepare`: must be accepted by the server. `empty`: must return no row; the rows are shown otherwise. */
  readonly expects: "prepare" | "empty";
  readonly sql: string;
  readonly code: "expression-invalid" | "lossy-down" | "change-refused";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What to do when it fails. */
  readonly hint: string;
}

/** What `verify` compares while the migration rests in a state. */
export interface Comparison {
  readonly state: "ready" | "completed";
  /** Here `repairSql` is for people who ask for it, never run by itself. */
  readonly checks: readonly Check[];
}

export interface Plan {
  readonly schema: "shoofly.plan/1";
  /** The last member's name; the version schema is named after it. */
  readonly migration: string;
  readonly members: readonly PlanMember[];
  /** The database schema that is migrated, e.g. `public`. */
  readonly targetSchema: string;
  /** `new` is null where the new version is no schema: its columns stand beside the old ones. */
  readonly versions: { readonly old: string; readonly new: string | null };
  /** `search_path` of every connection that runs a step, so that unqualified names of the author resolve alike everywhere. */
  readonly searchPath: readonly string[];
  /** Tables whose columns or rows the plan changes, as `schema.table`. */
  readonly tables: readonly string[];
  /** `sha256:<hex>` over the structure of the touched relations and the tool's major version. */
  readonly fingerprint: string;
  /** Queries that must succeed before anything runs: expressions prepared and tried on sampled rows. */
  readonly preflight: readonly Preflight[];
  readonly hazards: readonly Finding[];
  readonly steps: readonly Step[];
  /** Plans of older journals have none. */
  readonly comparisons?: readonly Comparison[] | undefined;
  readonly estimate?: Estimate | undefined;
  readonly deployments?: readonly Deployment[] | undefined;
}
