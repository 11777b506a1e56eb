// Measures how fast a session of the target reads a table: a bounded, read-only look at the largest table that a plan touches.
import { assumedRates, type Rates } from "../../core/estimate.ts";
import type { Schema } from "../../core/schema.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Connection } from "./connect.ts";
import { DatabaseError } from "./database-error.ts";

const sampleBytes = 64_000_000;
/** Smaller tables say more about the round trip than about the disk. */
const leastBytes = 4_000_000;
const boundMs = 400;

/**
 * Reads at most 64 MB, and for at most 400 ms. `TABLESAMPLE SYSTEM` reads whole pages and nothing else (manual, SELECT,
 * TABLESAMPLE), so it is the same on every supported version.
 * @param tables the touched tables as `schema.table`
 */
export async function calibrate(connection: Connection, schema: Schema, tables: readonly string[]): Promise<Rates> {
  const [largest] = schema.tables
    .filter((table) => table.kind === "table" && tables.includes(`${schema.name}.${table.name}`))
    .toSorted((a, b) => b.bytes - a.bytes);
  if (largest === undefined || largest.bytes < leastBytes) return assumedRates;
  const read = Math.min(sampleBytes, largest.bytes);
  const percent = Math.min(100, (read / largest.bytes) * 100);
  const name = `${schema.name}.${largest.name}`;
  const startedAt = performance.now();
  try {
    await connection.query("begin read only");
    await connection.query(`set local statement_timeout = ${boundMs}`);
    await connection.query(
      `select pg_catalog.count(*) from only ${quoteQualified(schema.name, largest.name)} tablesample system (${percent.toFixed(6)})`,
    );
    const seconds = Math.max(0.001, (performance.now() - startedAt) / 1000);
    return {
      scanBytesPerSecond: Math.round(read / seconds),
      basis: `measured on ${Math.round(read / 1_000_000)} MB of ${name}`,
    };
  } catch (error) {
    if (!(error instanceof DatabaseError) || connection.lost) throw error;
    if (error.kind !== "canceled") return assumedRates;
    return {
      scanBytesPerSecond: Math.round(read / (boundMs / 1000) / 4),
      basis: `${name} took longer than ${boundMs} ms for ${Math.round(read / 1_000_000)} MB`,
    };
  } finally {
    if (!connection.lost) await connection.query("rollback");
  }
}
