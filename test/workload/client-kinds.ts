// The table of client kinds: every way an application may talk to the database, for both versions where that makes sense.
import type { Version } from "./shapes.ts";
import { ownRowOperation, updateToDefault } from "./own-rows.ts";
import * as special from "./special-operations.ts";
import type { Protocol, WorkloadClient } from "./workload-client.ts";

/** How a client comes to its version. */
export type Naming =
  /** Full names; `search_path` is left alone. */
  | "qualified"
  /** Full names, while `search_path` names the other version first. */
  | "qualified from elsewhere"
  /** `search_path = version` and plain names. */
  | "path"
  /** The version in a list with `"$user"` and names that need quotes. */
  | "path list"
  /** A role whose `search_path` is set by ALTER ROLE. */
  | "role"
  /** Full names through a pooler in transaction mode. */
  | "pooler";

export interface ClientKind {
  readonly mode: string;
  readonly versions: readonly Version[];
  readonly naming: Naming;
  readonly protocol: Protocol;
  /** The first major version whose server can do it, by version of the application. */
  readonly since?: Readonly<Record<Version, number>>;
  /** Failures with this SQLSTATE are the named hazard of the plan, counted apart. */
  readonly hazard?: { readonly name: string; readonly sqlstate: string };
  readonly step: (client: WorkloadClient) => Promise<void>;
}

const both: readonly Version[] = ["old", "new"];

const ordinary: readonly (readonly [Naming, Protocol])[] = [
  ["qualified", "simple"],
  ["qualified", "extended"],
  ["qualified", "named"],
  ["qualified from elsewhere", "extended"],
  ["path", "simple"],
  ["path", "named"],
  ["path list", "extended"],
  ["path list", "named"],
  ["role", "named"],
  ["pooler", "simple"],
  ["pooler", "extended"],
];

const specials: readonly (Partial<ClientKind> & Pick<ClientKind, "mode" | "step">)[] = [
  { mode: "UPDATE … SET column = DEFAULT", step: updateToDefault },
  { mode: "multi-row VALUES", step: special.multiRowInsert },
  { mode: "multi-row VALUES, named", protocol: "named", step: special.multiRowInsert },
  { mode: "INSERT … SELECT … ORDER BY", step: special.insertSelectOrdered },
  { mode: "multi-statement string", protocol: "simple", step: special.multiStatement },
  { mode: "COPY FROM", versions: ["old"], step: special.copyFrom },
  { mode: "COPY (query) TO", step: special.copyTo },
  { mode: "COPY table TO", versions: ["old"], step: special.copyTableTo },
  { mode: "REPEATABLE READ", step: special.repeatableRead },
  { mode: "savepoint", step: special.savepoint },
  { mode: "savepoint through the pooler", naming: "pooler", step: special.savepoint },
  { mode: "rolled back", step: special.rolledBack },
  { mode: "both versions in one statement", step: special.bothVersionsInOneStatement },
  { mode: "MERGE", since: { old: 15, new: 17 }, step: special.merge },
  { mode: "canceled by a user trigger", step: special.canceledRow },
  { mode: "cascade from a parent", step: special.parentCascade },
  { mode: "cascade to a child", step: special.childCascade },
  {
    mode: "prepared SELECT * on the table",
    versions: ["old"],
    hazard: { name: "base-table-prepared", sqlstate: "0A000" },
    step: special.preparedStar,
  },
];

export const clientKinds: readonly ClientKind[] = [
  ...ordinary.map(([naming, protocol]) => ({
    mode: `${naming}, ${protocol}`,
    versions: both,
    naming,
    protocol,
    step: ownRowOperation,
  })),
  ...specials.map((kind) => ({ versions: both, naming: "qualified" as const, protocol: "extended" as const, ...kind })),
];
