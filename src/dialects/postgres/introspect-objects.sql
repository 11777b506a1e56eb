-- What predictions of locks need of the schema $1 beside its tables' columns: one row with relations, types and functions as JSON.
select
  (select coalesce(json_agg(json_build_object(
      'name', c.relname,
      'kind', c.relkind::text,
      'parents', (select coalesce(json_agg(pg_catalog.format('%s.%s', pn.nspname, p.relname) order by i.inhseqno), '[]')
        from pg_catalog.pg_inherits i join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
        where i.inhrelid = c.oid),
      'isPartition', c.relispartition,
      'isDefaultPartition', c.relispartition and pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT',
      'partitionKey', (select coalesce(json_agg((select a.attname from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum = k.attnum) order by k.ord), '[]')
        from pg_catalog.pg_partitioned_table pt, unnest(pt.partattrs::int2[]) with ordinality k(attnum, ord) where pt.partrelid = c.oid),
      'uses', case when c.relkind in ('v', 'm') then (
        select coalesce(json_agg(distinct pg_catalog.format('%s.%s', un.nspname, u.relname)), '[]')
        from pg_catalog.pg_rewrite w
        join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
        join pg_catalog.pg_class u on u.oid = d.refobjid and u.oid <> c.oid and u.relkind in ('r', 'p', 'v', 'm', 'f')
        join pg_catalog.pg_namespace un on un.oid = u.relnamespace
        where w.ev_class = c.oid) else '[]' end,
      'ownedBy', (select json_build_object('table', pg_catalog.format('%s.%s', tn.nspname, t.relname), 'column', a.attname, 'isIdentity', d.deptype = 'i')
        from pg_catalog.pg_depend d
        join pg_catalog.pg_class t on t.oid = d.refobjid join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
        where c.relkind = 'S' and d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
          and d.deptype in ('a', 'i') limit 1),
      'isUnlogged', c.relpersistence = 'u',
      'accessMethod', (select am.amname from pg_catalog.pg_am am where am.oid = c.relam),
      'tablespace', (select ts.spcname from pg_catalog.pg_tablespace ts where ts.oid = c.reltablespace),
      'statistics', (select coalesce(json_agg(st.stxname), '[]') from pg_catalog.pg_statistic_ext st where st.stxrelid = c.oid),
      -- Only of materialized views: tables say it themselves.
      'indexes', case when c.relkind = 'm' then (
        select coalesce(json_agg(json_build_object('name', ic.relname, 'unique', x.indisunique,
          'columns', (select json_agg((select a.attname from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum = k.attnum) order by k.ord)
            from unnest(x.indkey::int2[]) with ordinality k(attnum, ord)))), '[]')
        from pg_catalog.pg_index x join pg_catalog.pg_class ic on ic.oid = x.indexrelid where x.indrelid = c.oid) else '[]' end,
      'virtualColumns', (select coalesce(json_agg(a.attname), '[]') from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attgenerated = 'v')
    )), '[]')
    from pg_catalog.pg_class c
    where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')) as relations,
  (select coalesce(json_agg(json_build_object(
      'name', t.typname,
      'kind', case t.typtype when 'd' then 'domain' when 'e' then 'enum' else 'other' end,
      'base', case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end,
      'checks', (select coalesce(json_agg(con.conname), '[]') from pg_catalog.pg_constraint con where con.contypid = t.oid and con.contype = 'c'),
      'notNull', t.typnotnull)), '[]')
    from pg_catalog.pg_type t
    where t.typnamespace = n.oid and (t.typtype in ('d', 'e', 'r')
      or (t.typtype = 'c' and exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c')))) as types,
  (select coalesce(json_agg(json_build_object(
      'name', f.proname,
      'volatility', case f.volatile when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end,
      'language', f.language,
      'body', f.body)), '[]')
    from (select p.proname, max(p.provolatile::text) as volatile, min(l.lanname::text) as language,
        case when count(*) = 1 and min(l.lanname::text) in ('sql', 'plpgsql') then nullif(min(p.prosrc), '') end as body
      from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang where p.pronamespace = n.oid group by 1) f) as functions
from pg_catalog.pg_namespace n
where n.nspname = $1
