// The lock of each command of ALTER TABLE and whether it goes down to partitions and inheriting tables
// (manual, ALTER TABLE: "SHARE UPDATE EXCLUSIVE lock is taken" and the like at each form; ACCESS EXCLUSIVE where nothing is said).
import type { AlterTableCmd, AlterTableType } from "libpg-query";
import type { LockMode } from "../../../core/effect.ts";
import type { Catalog, Relation } from "./catalog-model.ts";

export interface AlterCommand {
  readonly mode: LockMode;
  /** Without ONLY the partitions and inheriting tables are changed too. */
  readonly recurses: boolean;
  /** Commands of one statement run in this order, whatever order they are written in. */
  readonly pass: "drop" | "type" | "add-column" | "expression" | "attributes" | "constraint" | "other";
}

const exclusive = (pass: AlterCommand["pass"], recurses = false): AlterCommand => ({
  mode: "ACCESS EXCLUSIVE",
  recurses,
  pass,
});
const shared = (recurses = false): AlterCommand => ({ mode: "SHARE UPDATE EXCLUSIVE", recurses, pass: "other" });
const triggers: AlterCommand = { mode: "SHARE ROW EXCLUSIVE", recurses: true, pass: "other" };

/** By subtype. What is not here is not known. */
export const alterCommands: Readonly<Partial<Record<AlterTableType, AlterCommand>>> = {
  AT_AddColumn: exclusive("add-column", true),
  AT_ColumnDefault: exclusive("attributes", true),
  AT_DropNotNull: exclusive("drop", true),
  AT_SetNotNull: exclusive("attributes", true),
  AT_SetExpression: exclusive("expression", true),
  AT_DropExpression: exclusive("drop", true),
  AT_SetStatistics: shared(true),
  AT_SetOptions: shared(),
  AT_ResetOptions: shared(),
  AT_SetStorage: exclusive("other", true),
  AT_SetCompression: exclusive("other"),
  AT_DropColumn: exclusive("drop", true),
  AT_AddConstraint: exclusive("constraint", true),
  AT_AlterConstraint: exclusive("other", true),
  AT_ValidateConstraint: shared(true),
  AT_DropConstraint: exclusive("drop", true),
  AT_AlterColumnType: exclusive("type", true),
  AT_ChangeOwner: exclusive("other"),
  AT_ClusterOn: shared(),
  AT_DropCluster: shared(),
  AT_SetLogged: exclusive("other"),
  AT_SetUnLogged: exclusive("other"),
  AT_SetAccessMethod: exclusive("other"),
  AT_SetTableSpace: exclusive("other"),
  AT_SetRelOptions: shared(),
  AT_ResetRelOptions: shared(),
  AT_EnableTrig: triggers,
  AT_EnableAlwaysTrig: triggers,
  AT_EnableReplicaTrig: triggers,
  AT_DisableTrig: triggers,
  AT_EnableTrigAll: triggers,
  AT_DisableTrigAll: triggers,
  AT_EnableTrigUser: triggers,
  AT_DisableTrigUser: triggers,
  AT_EnableRule: exclusive("other"),
  AT_EnableAlwaysRule: exclusive("other"),
  AT_EnableReplicaRule: exclusive("other"),
  AT_DisableRule: exclusive("other"),
  AT_AddInherit: exclusive("other"),
  AT_DropInherit: exclusive("other"),
  AT_ReplicaIdentity: exclusive("other"),
  AT_EnableRowSecurity: exclusive("other"),
  AT_DisableRowSecurity: exclusive("other"),
  AT_ForceRowSecurity: exclusive("other"),
  AT_NoForceRowSecurity: exclusive("other"),
  AT_AttachPartition: shared(),
  AT_DetachPartition: exclusive("other"),
  AT_DetachPartitionFinalize: shared(),
  AT_AddIdentity: exclusive("attributes"),
  AT_SetIdentity: exclusive("attributes"),
  AT_DropIdentity: exclusive("attributes"),
};

const passes: readonly AlterCommand["pass"][] = [
  "drop",
  "type",
  "add-column",
  "expression",
  "attributes",
  "constraint",
  "other",
];

/** Position of a command among those of its statement. */
export function passOf(subtype: AlterTableType | undefined): number {
  const command = subtype === undefined ? undefined : alterCommands[subtype];
  return passes.indexOf(command?.pass ?? "other");
}

/** Storage parameters whose change waits for ACCESS EXCLUSIVE: other sessions must not see them change (source: reloptions). */
export const exclusiveOptions: readonly string[] = [
  "user_catalog_table",
  "security_barrier",
  "security_invoker",
  "check_option",
];

/** One command where it stands. */
export interface CommandAt {
  readonly command: AlterTableCmd;
  readonly relation: Relation;
  readonly catalog: Catalog;
  readonly major: number;
  /** ONLY was written. */
  readonly only: boolean;
}
