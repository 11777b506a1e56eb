// Indexes that a failed CREATE INDEX CONCURRENTLY left: they cost every write and serve no read.
import { ok, warning, type Check } from "./contract.ts";

const invalidSql = `
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as index, i.indrelid::regclass::text as relation
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where not i.indisvalid and c.relkind = 'i'
    and not exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
    and c.relname !~ '^_shoofly_'
  order by 1`;

export const invalidIndexes: Check = {
  name: "invalid-indexes",
  run: async ({ connection }) => {
    const rows = await connection.query<{ index: string; relation: string }>(invalidSql);
    if (rows.length === 0) return [ok("no invalid index")];
    return rows.map(({ index, relation }) => {
      const drop = `DROP INDEX CONCURRENTLY ${index};`;
      return warning({
        message: `index ${index} on ${relation} is invalid`,
        cause: "A CREATE INDEX CONCURRENTLY failed: every write keeps it up to date, no query uses it.",
        remedies: [drop, `REINDEX INDEX CONCURRENTLY ${index};`, "shoofly doctor --fix"],
        fix: [drop],
      });
    });
  },
};
