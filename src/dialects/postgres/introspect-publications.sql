-- $1: schema. Column lists and row filters of publications on its tables (PostgreSQL 15 and later); see introspect-carried.sql.
select t.relname as "table", 'publication ' || pub.pubname as what, false as "isView", 0 as depth,
  (select coalesce(json_agg(distinct a.attname), '[]') from pg_catalog.pg_depend p join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
    where p.classid = 'pg_catalog.pg_publication_rel'::regclass and p.objid = m.oid and p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = t.oid) as columns,
  json_build_array(pg_catalog.format('ALTER PUBLICATION %I DROP TABLE %I.%I', pub.pubname, n.nspname, t.relname)) as drop,
  json_build_array(pg_catalog.format('ALTER PUBLICATION %I ADD TABLE %I.%I%s%s', pub.pubname, n.nspname, t.relname,
    ' (' || (select string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) from pg_catalog.pg_attribute a
      where a.attrelid = t.oid and a.attnum = any (m.prattrs::int2[])) || ')',
    ' WHERE (' || pg_catalog.pg_get_expr(m.prqual, t.oid) || ')')) as create,
  null as problem
from pg_catalog.pg_namespace n
join pg_catalog.pg_class t on t.relnamespace = n.oid
join pg_catalog.pg_publication_rel m on m.prrelid = t.oid
join pg_catalog.pg_publication pub on pub.oid = m.prpubid
where n.nspname = $1 and (m.prattrs is not null or m.prqual is not null)
order by 1, 2
