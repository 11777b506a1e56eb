-- $1: schema. Its views, materialized views, routines, triggers, policies and statistics objects, each with the statements
-- that make it as it is now. Needs an empty search_path, so that every name in a definition comes qualified.
with space as (select n.oid, n.nspname from pg_catalog.pg_namespace n where n.nspname = $1),
own as (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user),
relation as (
  select c.*, pg_catalog.format('%I.%I', s.nspname, c.relname) as name from pg_catalog.pg_class c join space s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
),
object (kind, name, "table", arguments, drop, class, oid, owner, acl, preset, label, first) as (
  select case v.relkind when 'v' then 'view' else 'materialized view' end, v.relname::text, null::text, null::json,
    pg_catalog.format('DROP %s %s', case v.relkind when 'v' then 'VIEW' else 'MATERIALIZED VIEW' end, v.name),
    'pg_catalog.pg_class'::regclass, v.oid, v.relowner, v.relacl, pg_catalog.acldefault('r', v.relowner),
    pg_catalog.format('%s %s', case v.relkind when 'v' then 'VIEW' else 'MATERIALIZED VIEW' end, v.name),
    pg_catalog.format('CREATE %s %s%s AS %s%s', case v.relkind when 'v' then 'VIEW' else 'MATERIALIZED VIEW' end, v.name,
      ' WITH (' || nullif(array_to_string(v.reloptions, ', '), '') || ')', rtrim(pg_catalog.pg_get_viewdef(v.oid), ';'),
      case when v.relkind = 'm' and not v.relispopulated then ' WITH NO DATA' else '' end)
  from relation v where v.relkind in ('v', 'm')
  union all
  select case p.prokind when 'p' then 'procedure' else 'function' end, p.proname::text, null,
    (select coalesce(json_agg(y.typname order by k.ord), '[]') from unnest(p.proargtypes::oid[]) with ordinality k(type, ord) join pg_catalog.pg_type y on y.oid = k.type),
    pg_catalog.format('DROP %s %s', case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end, p.oid::pg_catalog.regprocedure),
    'pg_catalog.pg_proc'::regclass, p.oid, p.proowner, p.proacl, pg_catalog.acldefault('f', p.proowner),
    pg_catalog.format('%s %s', case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end, p.oid::pg_catalog.regprocedure),
    pg_catalog.pg_get_functiondef(p.oid)
  from pg_catalog.pg_proc p join space s on s.oid = p.pronamespace
  where p.prokind in ('f', 'p', 'w') and not exists (select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'trigger', g.tgname::text, r.relname::text, null, pg_catalog.format('DROP TRIGGER %I ON %s', g.tgname, r.name),
    'pg_catalog.pg_trigger'::regclass, g.oid, null, null, null, pg_catalog.format('TRIGGER %I ON %s', g.tgname, r.name),
    pg_catalog.pg_get_triggerdef(g.oid)
  from pg_catalog.pg_trigger g join relation r on r.oid = g.tgrelid and r.relkind in ('r', 'p')
  where not g.tgisinternal and g.tgname not like '~shoofly%'
  union all
  select 'policy', pol.polname::text, r.relname::text, null, pg_catalog.format('DROP POLICY %I ON %s', pol.polname, r.name),
    'pg_catalog.pg_policy'::regclass, pol.oid, null, null, null, pg_catalog.format('POLICY %I ON %s', pol.polname, r.name),
    pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', pol.polname, r.name,
        case when pol.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
        case pol.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
        (select string_agg(case x when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x)) end, ', ') from unnest(pol.polroles) x))
      || coalesce(' USING (' || pg_catalog.pg_get_expr(pol.polqual, pol.polrelid) || ')', '')
      || coalesce(' WITH CHECK (' || pg_catalog.pg_get_expr(pol.polwithcheck, pol.polrelid) || ')', '')
  from pg_catalog.pg_policy pol join relation r on r.oid = pol.polrelid
  union all
  select 'statistics', st.stxname::text, r.relname::text, null, pg_catalog.format('DROP STATISTICS %I.%I', s.nspname, st.stxname),
    'pg_catalog.pg_statistic_ext'::regclass, st.oid, st.stxowner, null, null, pg_catalog.format('STATISTICS %I.%I', s.nspname, st.stxname),
    pg_catalog.pg_get_statisticsobjdef(st.oid)
  from pg_catalog.pg_statistic_ext st join space s on s.oid = st.stxnamespace join relation r on r.oid = st.stxrelid
)
select o.kind, o.name, o."table", o.arguments, o.drop,
  (select json_agg(x.sql order by x.ord, x.sql) from (
    select 1 as ord, o.first as sql
    union all
    select 2, pg_catalog.format('ALTER VIEW %s.%I ALTER COLUMN %I SET DEFAULT %s', pg_catalog.quote_ident($1), o.name, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
    from pg_catalog.pg_attrdef d join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where o.kind = 'view' and d.adrelid = o.oid
    union all
    select 3, pg_catalog.pg_get_triggerdef(g.oid) from pg_catalog.pg_trigger g where o.kind = 'view' and g.tgrelid = o.oid and not g.tgisinternal
    union all
    select 3, rtrim(pg_catalog.pg_get_ruledef(w.oid), ';') from pg_catalog.pg_rewrite w where o.kind = 'view' and w.ev_class = o.oid and w.rulename <> '_RETURN'
    union all
    select 3, pg_catalog.pg_get_indexdef(i.indexrelid) from pg_catalog.pg_index i where o.kind = 'materialized view' and i.indrelid = o.oid
    union all
    select 3, pg_catalog.format('ALTER TABLE %s.%I %s TRIGGER %I', pg_catalog.quote_ident($1), o."table",
      case g.tgenabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS' end, o.name)
    from pg_catalog.pg_trigger g where o.kind = 'trigger' and g.oid = o.oid and g.tgenabled <> 'O'
    union all
    select 3, pg_catalog.format('ALTER STATISTICS %s.%I SET STATISTICS %s', pg_catalog.quote_ident($1), o.name, st.stxstattarget)
    from pg_catalog.pg_statistic_ext st where o.kind = 'statistics' and st.oid = o.oid and coalesce(st.stxstattarget, -1) <> -1
    union all
    select 4, pg_catalog.format('COMMENT ON %s IS %L', o.label, d.description) from pg_catalog.pg_description d
    where d.classoid = o.class and d.objoid = o.oid and d.objsubid = 0
    union all
    select 4, pg_catalog.format('COMMENT ON COLUMN %s.%I.%I IS %L', pg_catalog.quote_ident($1), o.name, a.attname, d.description)
    from pg_catalog.pg_description d join pg_catalog.pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
    where o.kind in ('view', 'materialized view') and d.classoid = o.class and d.objoid = o.oid and d.objsubid > 0
    union all
    select 5, pg_catalog.format('REVOKE %s ON %s FROM %s', x.privilege_type, regexp_replace(o.label, '^(MATERIALIZED VIEW|VIEW) ', ''),
      case x.grantee when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end)
    from (select * from pg_catalog.aclexplode(o.preset) except select * from pg_catalog.aclexplode(o.acl)) x where o.acl is not null
    union all
    select 6, pg_catalog.format('GRANT %s ON %s TO %s%s', x.privilege_type, regexp_replace(o.label, '^(MATERIALIZED VIEW|VIEW) ', ''),
      case x.grantee when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
      case when x.is_grantable then ' WITH GRANT OPTION' else '' end)
    from (select * from pg_catalog.aclexplode(o.acl) except select * from pg_catalog.aclexplode(o.preset)) x
    union all
    select 7, pg_catalog.format('ALTER %s OWNER TO %I', o.label, pg_catalog.pg_get_userbyid(o.owner)) where o.owner <> (select own.oid from own)
  ) x) as create,
  (select coalesce(json_agg(distinct pg_catalog.pg_describe_object(p.classid, p.objid, p.objsubid)), '[]')
    from pg_catalog.pg_depend p
    where p.refclassid = o.class and p.refobjid = o.oid and p.deptype = 'n'
        -- Before 16 the rule that makes a view a view depends on it as others do.
        and not (p.classid = 'pg_catalog.pg_rewrite'::regclass
          and exists (select from pg_catalog.pg_rewrite w where w.oid = p.objid and w.ev_class = o.oid))
      or o.class = 'pg_catalog.pg_class'::regclass and p.refclassid = 'pg_catalog.pg_type'::regclass and p.deptype = 'n'
        and p.refobjid in (select y.oid from pg_catalog.pg_type y where y.typrelid = o.oid)) as dependents
from object o
order by o.kind, o.name, o."table"
