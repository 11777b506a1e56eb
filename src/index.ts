// The library: what the command line does, for programs. Every call opens what it needs and closes it again.
export { MigrationError, errorCodes, type ErrorCode, type Outcome } from "./core/error.ts";
export type { Emit, Event } from "./core/event.ts";
export type { Plan } from "./core/plan.ts";
export type { StoredError } from "./core/record.ts";
export type { Step } from "./core/step.ts";
export { toolVersion } from "./core/version.ts";
export {
  addColumn,
  changeColumnType,
  createIndex,
  createTable,
  defineMigration,
  dropColumn,
  dropIndex,
  dropNotNull,
  mergeColumns,
  raw,
  renameColumn,
  setNotNull,
  splitColumn,
  sql,
  updateRows,
  type Identifier,
  type MigrationInput,
  type MigrationOperation,
  type Sql,
  type SqlValue,
} from "./define/index.ts";
export { examine, type Examination } from "./doctor/examine.ts";
export type { AbortDocument, DoctorDocument, LatestDocument } from "./documents/answers.ts";
export type { StatusDocument, StatusEntry } from "./documents/status.ts";
export { openProject, type Project, type ProjectOptions } from "./project/config.ts";
export { planMigration, readLatestVersion, readProjectStatus, requestAbort, type Planned } from "./project/looks.ts";
export {
  changeMigration,
  startMigration,
  type ChangeOptions,
  type RunControls,
  type StartOptions,
} from "./project/verbs.ts";
