// The structure of one table as lines of text, whatever the order of its columns: to compare the finished table with the naive one.
import type { Queryable } from "../dialects/postgres/introspect.ts";

const structureSql = `
  WITH t AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2)
  SELECT 'column ' || a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
      || CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END
      || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') AS fact
    FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  UNION ALL
  -- NOT NULL is shown by its column; from version 18 on it is a constraint, too, whose name may differ.
  SELECT 'constraint ' || k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid) FROM t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid WHERE k.contype <> 'n'
  UNION ALL
  SELECT 'index ' || pg_catalog.pg_get_indexdef(i.indexrelid) FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid
  UNION ALL
  SELECT 'trigger ' || pg_catalog.pg_get_triggerdef(g.oid) FROM t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
  ORDER BY 1`;

export async function structureOf(connection: Queryable, schema: string, table: string): Promise<string[]> {
  const rows = await connection.query<{ fact: string }>(structureSql, [schema, table]);
  return rows.map(({ fact }) => fact);
}
