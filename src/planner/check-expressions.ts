// Proves a plan's expressions on the real database before anything runs: prepared by the server, tried on sampled rows.
import { MigrationError } from "../core/error.ts";
import type { Plan, Preflight } from "../core/plan.ts";

/** What the checks need of a connection. */
interface Queryable {
  query<R = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;
}

/**
 * Runs every preflight query of the plan in one read-only transaction.
 * @throws MigrationError `expression-invalid`, `lossy-down`, `change-refused` with the place in the file
 */
export async function checkExpressions(connection: Queryable, plan: Plan): Promise<void> {
  if (plan.preflight.length === 0) return;
  await connection.query("BEGIN READ ONLY");
  try {
    await connection.query("SELECT pg_catalog.set_config('search_path', $1, true)", [
      plan.searchPath.map((name) => `"${name.replaceAll('"', '""')}"`).join(", "),
    ]);
    for (const each of plan.preflight) await check(connection, each);
  } finally {
    await connection.query("ROLLBACK");
  }
}

async function check(connection: Queryable, preflight: Preflight): Promise<void> {
  const rows = await ask(connection, preflight);
  const [first] = rows;
  if (preflight.expects === "prepare" || first === undefined) return;
  throw new MigrationError(preflight.code, {
    happened: `${preflight.file}:${preflight.line}:${preflight.column}: ${preflight.title} does not hold for the rows that are there, for example ${JSON.stringify(first)}.`,
    safeNext: [preflight.hint],
    details: { file: preflight.file, line: preflight.line, column: preflight.column, rows },
  });
}

async function ask(connection: Queryable, preflight: Preflight): Promise<Record<string, unknown>[]> {
  try {
    return await connection.query(
      preflight.expects === "prepare" ? `EXPLAIN (COSTS false) ${preflight.sql}` : preflight.sql,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(preflight.code === "change-refused" ? "change-refused" : "expression-invalid", {
      happened: `${preflight.file}:${preflight.line}:${preflight.column}: ${preflight.title}: ${reason}.`,
      safeNext: [preflight.hint],
      details: { file: preflight.file, line: preflight.line, column: preflight.column },
      cause: error,
    });
  }
}
