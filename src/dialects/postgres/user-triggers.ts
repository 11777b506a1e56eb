// Keeps the user's triggers still while a fill writes what the application did not.
import type { Connection } from "./connect.ts";
import { DatabaseError } from "./database-error.ts";

/**
 * With this setting only ALWAYS and REPLICA triggers fire (manual, ALTER TABLE, "DISABLE/ENABLE [ REPLICA | ALWAYS ] TRIGGER"): the
 * sync triggers do, the user's do not. A trigger that stamps or changes rows would otherwise do so for every row of the table.
 */
export const keepUserTriggersStill = "set local session_replication_role = 'replica'";

/**
 * The setting needs a superuser, or from PostgreSQL 15 on a GRANT SET ON PARAMETER; providers have rules of their own, so it is tried.
 * @returns whether this role may
 */
export async function mayKeepUserTriggersStill(connection: Connection): Promise<boolean> {
  try {
    await connection.query(`begin; ${keepUserTriggersStill}; rollback`);
    return true;
  } catch (error) {
    if (!connection.lost) await connection.query("rollback");
    if (error instanceof DatabaseError && error.kind === "privilege") return false;
    throw error;
  }
}
