// Statements that lock no table, view or sequence that is there.
import type { Node } from "libpg-query";

const kinds: ReadonlySet<string> = new Set([
  "TransactionStmt",
  "VariableSetStmt",
  "VariableShowStmt",
  "CreateEnumStmt",
  "AlterEnumStmt",
  "CreateDomainStmt",
  "CompositeTypeStmt",
  "CreateRangeStmt",
  "DefineStmt",
  "CreateExtensionStmt",
  "CreateRoleStmt",
  "AlterRoleStmt",
  "AlterRoleSetStmt",
  "DropRoleStmt",
  "GrantRoleStmt",
  "AlterDefaultPrivilegesStmt",
  "CreateCastStmt",
  "CreateConversionStmt",
  "CreateOpClassStmt",
  "CreateOpFamilyStmt",
  "CreatePLangStmt",
  "CreateEventTrigStmt",
  "AlterEventTrigStmt",
  "CreateFdwStmt",
  "CreateForeignServerStmt",
  "CreateUserMappingStmt",
  "AlterFunctionStmt",
  "AlterStatsStmt",
  "AlterOwnerStmt",
  "AlterDatabaseStmt",
  "AlterDatabaseSetStmt",
  "CreateAmStmt",
  "AlterTypeStmt",
  "AlterOperatorStmt",
  "NotifyStmt",
  "ListenStmt",
  "UnlistenStmt",
  "DiscardStmt",
  "CheckPointStmt",
  "DeallocateStmt",
]);

export function isNever(node: Node): boolean {
  return Object.keys(node).every((kind) => kinds.has(kind));
}
