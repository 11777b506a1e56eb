// Sizes of tables from a file, for lint without a database: `{"tables": {"public.orders": {"rows": 88000000, "bytes": 21000000000}}}`.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { MigrationError } from "../core/error.ts";
import { shownPath } from "../files/discover.ts";

interface Statistics {
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly bytes: number }>>;
}

const size = z.number().nonnegative();
const statisticsSchema: z.ZodType<Statistics> = z.looseObject({
  tables: z.record(z.string(), z.looseObject({ rows: size, bytes: size })),
});

/** The query whose one value is such a file. */
const statisticsSql = `SELECT json_build_object('tables', json_object_agg(c.oid::regclass, json_build_object('rows', greatest(c.reltuples, 0), 'bytes', pg_table_size(c.oid)))) FROM pg_class c WHERE c.relkind IN ('r', 'm')`;

/**
 * By `schema.table`; a name without a schema is of the schema that is migrated.
 * @throws MigrationError `usage` when the file cannot be read or has another form
 */
export function readStatistics(
  path: string,
  schema: string,
): ReadonlyMap<string, { readonly rows: number; readonly bytes: number }> {
  const file = shownPath(resolve(path));
  const refuse = (happened: string): never => {
    throw new MigrationError("usage", {
      happened: `${file}: ${happened}`,
      safeNext: [`psql -XAtc "${statisticsSql}" > ${file}`],
      details: { file },
    });
  };
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(resolve(path), "utf8"));
  } catch (error) {
    return refuse(error instanceof SyntaxError ? "not valid JSON." : "cannot be read.");
  }
  const parsed = statisticsSchema.safeParse(json);
  if (!parsed.success)
    return refuse(
      parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}.`).join(" "),
    );
  return new Map(
    Object.entries(parsed.data.tables).map(([name, { rows, bytes }]) => [
      name.includes(".") ? name.replaceAll('"', "") : `${schema}.${name.replaceAll('"', "")}`,
      { rows, bytes },
    ]),
  );
}
