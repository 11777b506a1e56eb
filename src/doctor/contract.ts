// What a check of `shoofly doctor` is: it reads, and reports with cause and a remedy that can be typed. It changes nothing.
import type { Facts } from "../core/schema.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import type { MigrationFile } from "../files/migration-file.ts";
import type { JournalFacts } from "../project/journal-facts.ts";

export interface Patient {
  readonly connection: Connection;
  readonly facts: Facts;
  /** Opens another connection to the same URL. */
  readonly connectAgain: () => Promise<Connection>;
  /** The schema that is migrated. */
  readonly schema: string;
  /** Null without a journal. */
  readonly journal: JournalFacts | null;
  /** Directory of the migration files. */
  readonly migrations: string;
  /** Those that can be read as migrations. */
  readonly files: readonly MigrationFile[];
}

export interface Finding {
  readonly level: "ok" | "warning" | "failed";
  readonly message: string;
  /** Why it matters; null when all is well. */
  readonly cause: string | null;
  /** Commands or SQL to type. */
  readonly remedies: readonly string[];
  /** Statements that `--fix` may run after asking: they drop only what holds no data of anybody. */
  readonly fix: readonly string[];
}

export interface Check {
  readonly name: string;
  run(patient: Patient): Promise<readonly Finding[]>;
}

export function ok(message: string): Finding {
  return { level: "ok", message, cause: null, remedies: [], fix: [] };
}

export interface Trouble {
  readonly message: string;
  readonly cause: string;
  readonly remedies: readonly string[];
  readonly fix?: readonly string[];
}

export function warning(trouble: Trouble): Finding {
  return { fix: [], ...trouble, level: "warning" };
}

export function failed(trouble: Trouble): Finding {
  return { fix: [], ...trouble, level: "failed" };
}
