// Runs the statements of `doctor --fix` one by one. None of them drops data of anybody.
import { setTimeout as sleep } from "node:timers/promises";
import { MigrationError } from "../core/error.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";

const triesMax = 20;

/** @param done called after each statement that took effect */
export async function runFixes(
  connection: Connection,
  fixes: readonly string[],
  done: (sql: string) => void,
): Promise<void> {
  for (const sql of fixes) {
    await patiently(async () => await connection.query(sql), sql);
    done(sql);
  }
}

/** Every lock request gives up after 200 ms, so that nobody queues behind it for long; then it is asked again. */
async function patiently(run: () => Promise<unknown>, sql: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind !== "lock-timeout") throw error;
      if (tries === triesMax) throw notGranted(sql, tries, error);
      await sleep(100 + Math.random() * 400);
    }
  }
}

function notGranted(sql: string, tries: number, cause: DatabaseError): MigrationError {
  return new MigrationError("lock-timeout", {
    happened: `The lock for ${sql} was not granted in ${tries} tries.`,
    databaseNow: "Earlier statements of the list took effect; this one did not.",
    safeNext: ["shoofly doctor   (shows old transactions)", "shoofly doctor --fix"],
    cause,
  });
}
