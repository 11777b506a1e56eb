// Loads a schema into a throw-away database. What cannot be made there, an extension that is missing for example, is left out
// together with everything that needs it, and named.
import { createRoles, type Catalog } from "../dialects/postgres/catalog/read.ts";
import type { SchemaStatement } from "../dialects/postgres/catalog/order.ts";
import type { Connection } from "../dialects/postgres/connect.ts";

/** An object that is not in the shadow, so that nothing is proven about it. */
export interface Unproven {
  /** `extension postgis`, `table public.places` */
  readonly place: string;
  readonly reason: string;
}

const batchSize = 400;

export async function loadCatalog(connection: Connection, catalog: Catalog): Promise<Unproven[]> {
  const rows = await connection.query<{ role: string }>("select rolname::text as role from pg_catalog.pg_roles");
  for (const role of createRoles(
    catalog.roles,
    rows.map((row) => row.role),
  ))
    await connection.query(role);
  // Bodies of functions may name what comes later; nothing of them runs here.
  await connection.query("set check_function_bodies = off; set search_path = ''; set lock_timeout = 0");
  const missing = new Map<string, Unproven>();
  for (let start = 0; start < catalog.statements.length; start += batchSize) {
    const batch = catalog.statements.slice(start, start + batchSize);
    const isLoaded = missing.size === 0 && (await isMade(connection, batch));
    if (!isLoaded) await loadEach(connection, batch, missing);
  }
  await connection.query("reset check_function_bodies; reset search_path");
  const unknown = catalog.unknown.map((place) => ({
    place,
    reason: "objects of this kind are not copied to the shadow",
  }));
  return [...unknown, ...new Set(missing.values())];
}

/** A batch is one transaction: all of it or nothing. */
async function isMade(connection: Connection, batch: readonly SchemaStatement[]): Promise<boolean> {
  try {
    await connection.query(batch.map(({ sql }) => sql).join(";\n"));
    return true;
  } catch {
    return false;
  }
}

async function loadEach(
  connection: Connection,
  batch: readonly SchemaStatement[],
  missing: Map<string, Unproven>,
): Promise<void> {
  for (const { key, kind, part, place, sql, needs } of batch) {
    const cause = [key, ...needs].map((need) => missing.get(need)).find((found) => found !== undefined);
    const label = `${kind} ${place}`;
    if (cause !== undefined) {
      if (part === 0) missing.set(key, { place: label, reason: `needs ${cause.place}` });
      continue;
    }
    try {
      await connection.query(sql);
    } catch (error) {
      const lost = { place: label, reason: (error as Error).message };
      missing.set(part === 0 ? key : `${key} ${label} ${missing.size}`, lost);
    }
  }
}
