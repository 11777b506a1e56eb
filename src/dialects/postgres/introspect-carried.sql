-- $1: schema. What depends on columns of its tables and can be made again over another column: views, policies and
-- statistics objects. One row for each object and table, with the statements that make it as it is now.
-- Needs an empty search_path, so that every name in a definition comes qualified.
with recursive tables as (
  select c.oid, c.relname from pg_catalog.pg_class c
  where c.relnamespace = (select n.oid from pg_catalog.pg_namespace n where n.nspname = $1) and c.relkind in ('r', 'p', 'f')
),
foreign_view as (
  select v.oid from pg_catalog.pg_class v join pg_catalog.pg_namespace n on n.oid = v.relnamespace
  where v.relkind in ('v', 'm') and n.nspname <> 'shoofly'
    and coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') not like 'shoofly version%'
),
reach (table_oid, column_name, view_oid, depth) as (
  select t.oid, a.attname, w.ev_class, 1
  from tables t
  join pg_catalog.pg_depend p on p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = t.oid and p.classid = 'pg_catalog.pg_rewrite'::regclass
  join pg_catalog.pg_rewrite w on w.oid = p.objid and w.ev_class <> t.oid
  join foreign_view f on f.oid = w.ev_class
  join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
  union
  select r.table_oid, r.column_name, w.ev_class, r.depth + 1
  from reach r
  join pg_catalog.pg_depend p on p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = r.view_oid and p.classid = 'pg_catalog.pg_rewrite'::regclass
  join pg_catalog.pg_rewrite w on w.oid = p.objid and w.ev_class <> r.view_oid
  join foreign_view f on f.oid = w.ev_class
  where r.depth < 50
),
view_use as (
  select r.table_oid, r.view_oid, max(r.depth) as depth, json_agg(distinct r.column_name) as columns
  from reach r join pg_catalog.pg_class v on v.oid = r.view_oid and v.relkind = 'v'
  group by r.table_oid, r.view_oid
),
named_view as (
  select u.*, v.relname, v.relowner, v.relacl, v.reloptions, v.reltype, pg_catalog.format('%I.%I', n.nspname, v.relname) as name
  from view_use u join pg_catalog.pg_class v on v.oid = u.view_oid join pg_catalog.pg_namespace n on n.oid = v.relnamespace
),
carried as (
  select v.table_oid, 'view ' || v.name as what, true as is_view, v.depth, v.columns,
    json_build_array('DROP VIEW ' || v.name) as drop,
    (select json_agg(s.sql order by s.ord, s.sql) from (
      select 1 as ord, pg_catalog.format('CREATE VIEW %s%s AS %s', v.name, ' WITH (' || nullif(array_to_string(v.reloptions, ', '), '') || ')',
        rtrim(pg_catalog.pg_get_viewdef(v.view_oid), ';')) as sql
      union all
      select 2, pg_catalog.format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', v.name, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
      from pg_catalog.pg_attrdef d join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = v.view_oid
      union all
      select 3, pg_catalog.pg_get_triggerdef(g.oid) from pg_catalog.pg_trigger g where g.tgrelid = v.view_oid and not g.tgisinternal
      union all
      select 3, rtrim(pg_catalog.pg_get_ruledef(w.oid), ';') from pg_catalog.pg_rewrite w where w.ev_class = v.view_oid and w.rulename <> '_RETURN'
      union all
      select 4, pg_catalog.format('COMMENT ON VIEW %s IS %L', v.name, d.description) from pg_catalog.pg_description d
      where d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = v.view_oid and d.objsubid = 0
      union all
      select 4, pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', v.name, a.attname, d.description)
      from pg_catalog.pg_description d join pg_catalog.pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
      where d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = v.view_oid and d.objsubid > 0
      union all
      select 4, pg_catalog.format('COMMENT ON TRIGGER %I ON %s IS %L', g.tgname, v.name, d.description)
      from pg_catalog.pg_trigger g join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_trigger'::regclass and d.objoid = g.oid
      where g.tgrelid = v.view_oid and not g.tgisinternal
      union all
      select 5, pg_catalog.format('GRANT %s ON %s TO %s%s', x.privilege_type, v.name,
        case x.grantee when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
        case when x.is_grantable then ' WITH GRANT OPTION' else '' end)
      from pg_catalog.aclexplode(v.relacl) x where x.grantee <> v.relowner
      union all
      select 5, pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, a.attname, v.name,
        case x.grantee when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
        case when x.is_grantable then ' WITH GRANT OPTION' else '' end)
      from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x where a.attrelid = v.view_oid and a.attnum > 0 and not a.attisdropped
      union all
      select 6, pg_catalog.format('ALTER VIEW %s OWNER TO %I', v.name, pg_catalog.pg_get_userbyid(v.relowner))
      where v.relowner <> (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user)
    ) s) as create,
    (select string_agg(distinct pg_catalog.pg_describe_object(p.classid, p.objid, p.objsubid), ', ')
      from pg_catalog.pg_depend p
      where ((p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = v.view_oid)
          or (p.refclassid = 'pg_catalog.pg_type'::regclass and p.refobjid in (v.reltype, (select ty.typarray from pg_catalog.pg_type ty where ty.oid = v.reltype))))
        and p.deptype = 'n'
        and not (p.classid = 'pg_catalog.pg_rewrite'::regclass and exists (select from pg_catalog.pg_rewrite w
          join pg_catalog.pg_class q on q.oid = w.ev_class and q.relkind = 'v' where w.oid = p.objid))) as problem
  from named_view v
  union all
  select t.oid, 'policy ' || pol.polname, false, 0,
    (select json_agg(distinct a.attname) from pg_catalog.pg_depend p join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
      where p.classid = 'pg_catalog.pg_policy'::regclass and p.objid = pol.oid and p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = t.oid),
    json_build_array(pg_catalog.format('DROP POLICY %I ON %s', pol.polname, q.name)),
    (select json_agg(s.sql order by s.ord) from (
      select 1 as ord, pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', pol.polname, q.name,
          case when pol.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
          case pol.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
          (select string_agg(case r when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r)) end, ', ') from unnest(pol.polroles) r))
        || coalesce(' USING (' || pg_catalog.pg_get_expr(pol.polqual, pol.polrelid) || ')', '')
        || coalesce(' WITH CHECK (' || pg_catalog.pg_get_expr(pol.polwithcheck, pol.polrelid) || ')', '') as sql
      union all
      select 2, pg_catalog.format('COMMENT ON POLICY %I ON %s IS %L', pol.polname, q.name, pg_catalog.obj_description(pol.oid, 'pg_policy'))
      where pg_catalog.obj_description(pol.oid, 'pg_policy') is not null) s),
    case when pol.polrelid <> t.oid then 'it guards another table' end
  from tables t
  join pg_catalog.pg_policy pol on exists (select from pg_catalog.pg_depend p where p.classid = 'pg_catalog.pg_policy'::regclass and p.objid = pol.oid
    and p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = t.oid and p.refobjsubid > 0)
  join lateral (select pg_catalog.format('%I.%I', n.nspname, c.relname) as name from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = pol.polrelid) q on true
  union all
  select t.oid, 'statistics object ' || st.stxname, false, 0,
    (select json_agg(distinct a.attname) from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attnum > 0 and (a.attnum = any (st.stxkeys::int2[])
      or exists (select from pg_catalog.pg_depend p where p.classid = 'pg_catalog.pg_statistic_ext'::regclass and p.objid = st.oid
        and p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = t.oid and p.refobjsubid = a.attnum))),
    json_build_array(pg_catalog.format('DROP STATISTICS %s', q.name)),
    (select json_agg(s.sql order by s.ord) from (
      select 1 as ord, pg_catalog.pg_get_statisticsobjdef(st.oid) as sql
      union all
      select 2, pg_catalog.format('ALTER STATISTICS %s SET STATISTICS %s', q.name, st.stxstattarget) where coalesce(st.stxstattarget, -1) <> -1
      union all
      select 2, pg_catalog.format('COMMENT ON STATISTICS %s IS %L', q.name, pg_catalog.obj_description(st.oid, 'pg_statistic_ext'))
      where pg_catalog.obj_description(st.oid, 'pg_statistic_ext') is not null
      union all
      select 3, pg_catalog.format('ALTER STATISTICS %s OWNER TO %I', q.name, pg_catalog.pg_get_userbyid(st.stxowner))
      where st.stxowner <> (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user)) s),
    null
  from tables t
  join pg_catalog.pg_statistic_ext st on st.stxrelid = t.oid
  join lateral (select pg_catalog.format('%I.%I', n.nspname, st.stxname) as name from pg_catalog.pg_namespace n where n.oid = st.stxnamespace) q on true
)
select t.relname as "table", c.what, c.is_view as "isView", c.depth, coalesce(c.columns, '[]') as columns, c.drop, c.create, c.problem
from carried c join tables t on t.oid = c.table_oid
order by 1, c.depth, c.what
