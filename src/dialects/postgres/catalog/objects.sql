-- Every object of a database that CREATE and ALTER can make again, one statement per row. $1: the role that will run them.
-- "class" and "oid" name the object that the statement makes; a row with "part" > 0 adds to one that is there already.
-- Needs an empty search_path, so that every name comes qualified. What an extension owns comes with the extension.
with chosen as (
  select n.oid, n.nspname, n.nspowner, n.nspacl from pg_namespace n
  where n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'shoofly')
    and not exists (select from pg_depend e where e.deptype = 'e' and e.classid = 'pg_namespace'::regclass and e.objid = n.oid)
),
member as (select classid, objid from pg_depend where deptype = 'e' and refclassid = 'pg_extension'::regclass),
relation as (
  select c.*, format('%I.%I', n.nspname, c.relname) as name, n.nspname || '.' || c.relname as place,
    (select coalesce(' with (' || string_agg(format('%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')', '')
      from unnest(c.reloptions) o) as options,
    case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'c' then 'type'
      when 'f' then 'foreign table' else 'table' end as word
  from pg_class c join chosen n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c', 'f')
    and not exists (select from member e where e.classid = 'pg_class'::regclass and e.objid = c.oid)
),
identity_sequence as (
  select d.objid as oid, d.refobjid as relation, d.refobjsubid as attnum from pg_depend d
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
    and d.objid in (select oid from pg_class where relkind = 'S')
),
own_type as (
  select t.*, format('%I.%I', n.nspname, t.typname) as name, n.nspname || '.' || t.typname as place
  from pg_type t join chosen n on n.oid = t.typnamespace
  where t.typtype in ('e', 'd', 'r', 'b') and t.typelem = 0
    and not exists (select from member e where e.classid = 'pg_type'::regclass and e.objid = t.oid)
),
routine as (
  select p.*, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as name,
    n.nspname || '.' || p.proname as place,
    case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as word
  from pg_proc p join chosen n on n.oid = p.pronamespace
  where not exists (select from member e where e.classid = 'pg_proc'::regclass and e.objid = p.oid)
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
),
own_index as (
  select i.*, c.relname, c.reltablespace, t.name as table_name, t.place || '.' || c.relname as place, t.relkind as table_kind,
    format('%I.%I', n.nspname, c.relname) as name,
    k.oid as constraint_oid
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  join relation t on t.oid = i.indrelid
  left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
),
own_constraint as (
  select k.*, t.name as table_name, t.place || '.' || k.conname as place, t.relispartition, t.relkind
  from pg_constraint k join relation t on t.oid = k.conrelid
),
own_trigger as (
  select g.*, t.name as table_name, t.place || '.' || g.tgname as place
  from pg_trigger g join relation t on t.oid = g.tgrelid where not g.tgisinternal and g.tgparentid = 0
),
own_policy as (select p.*, t.name as table_name, t.place || '.' || p.polname as place from pg_policy p join relation t on t.oid = p.polrelid),
own_rule as (
  select r.*, t.name as table_name, t.place || '.' || r.rulename as place
  from pg_rewrite r join relation t on t.oid = r.ev_class where r.rulename <> '_RETURN'
),
own_statistics as (
  select s.*, format('%I.%I', n.nspname, s.stxname) as name, n.nspname || '.' || s.stxname as place
  from pg_statistic_ext s join chosen n on n.oid = s.stxnamespace
),
own_collation as (
  select c.*, format('%I.%I', n.nspname, c.collname) as name, n.nspname || '.' || c.collname as place
  from pg_collation c join chosen n on n.oid = c.collnamespace
  where not exists (select from member e where e.classid = 'pg_collation'::regclass and e.objid = c.oid)
),
child as (select h.*, c.relkind from pg_inherits h join pg_class c on c.oid = h.inhrelid),

-- What has an owner, privileges or a comment: how COMMENT ON, ALTER … OWNER and GRANT name it.
named (class, oid, place, spoken, owner, acl, acl_kind, granted) as (
  select 'pg_namespace'::regclass, oid, nspname::text, format('schema %I', nspname), nspowner, nspacl, 'n', format('schema %I', nspname) from chosen
  union all
  select 'pg_class'::regclass, oid, place, word || ' ' || name, relowner, relacl, case relkind when 'S' then 's' else 'r' end,
    case relkind when 'S' then 'sequence ' else 'table ' end || name
  from relation where relkind not in ('c', 'f') and oid not in (select s.oid from identity_sequence s)
  union all
  select 'pg_class'::regclass, oid, place, 'type ' || name, null, null, null, null from relation where relkind = 'c'
  union all
  select 'pg_type'::regclass, oid, place, case typtype when 'd' then 'domain ' else 'type ' end || name, typowner, typacl, 'T', 'type ' || name
  from own_type where typtype <> 'b'
  union all
  select 'pg_proc'::regclass, oid, place, word || ' ' || name, proowner, proacl, 'f',
    case prokind when 'p' then 'procedure ' else 'function ' end || name from routine
  union all
  select 'pg_class'::regclass, indexrelid, place, 'index ' || name, null, null, null, null from own_index
  union all
  select 'pg_constraint'::regclass, oid, place, format('constraint %I on %s', conname, table_name), null, null, null, null from own_constraint
  union all
  select 'pg_constraint'::regclass, k.oid, t.place || '.' || k.conname, format('constraint %I on domain %s', k.conname, t.name), null, null, null, null
  from pg_constraint k join own_type t on t.oid = k.contypid
  union all
  select 'pg_trigger'::regclass, oid, place, format('trigger %I on %s', tgname, table_name), null, null, null, null from own_trigger
  union all
  select 'pg_rewrite'::regclass, oid, place, format('rule %I on %s', rulename, table_name), null, null, null, null from own_rule
  union all
  select 'pg_policy'::regclass, oid, place, format('policy %I on %s', polname, table_name), null, null, null, null from own_policy
  union all
  select 'pg_statistic_ext'::regclass, oid, place, 'statistics ' || name, stxowner, null, null, null from own_statistics
  union all
  select 'pg_collation'::regclass, oid, place, 'collation ' || name, collowner, null, null, null from own_collation
),
grantable (class, oid, place, owner, actual, preset, granted, columns) as (
  select class, oid, place, owner,
    acl, case when class = 'pg_namespace'::regclass and place = 'public' then null else acldefault(acl_kind::"char", owner) end, granted, ''
  from named where acl is not null
  union all
  select 'pg_class'::regclass, t.oid, t.place || '.' || a.attname, t.relowner, a.attacl, acldefault('c', t.relowner), 'table ' || t.name, format(' (%I)', a.attname)
  from relation t join pg_attribute a on a.attrelid = t.oid where a.attacl is not null and a.attnum > 0 and not a.attisdropped
)

select 'schema' as kind, 'pg_namespace'::regclass::oid::int as class, oid::int as oid, 0 as part, nspname::text as place,
  format('create schema if not exists %I', nspname) as sql
from chosen
union all
select 'schema', 'pg_namespace'::regclass::oid::int, 0, 0, 'public', 'drop schema if exists public'
where not exists (select from pg_namespace where nspname = 'public')
union all
select 'extension', 'pg_extension'::regclass::oid::int, e.oid::int, 0, e.extname, format('create extension if not exists %I with schema %I', e.extname, n.nspname)
from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname <> 'plpgsql'
union all
select 'collation', 'pg_collation'::regclass::oid::int, c.oid::int, 0, c.place,
  case c.collprovider
    when 'c' then format('create collation %s (lc_collate = %L, lc_ctype = %L)', c.name, c.collcollate, c.collctype)
    else format('create collation %s (provider = %s, locale = %L, deterministic = %s)', c.name,
      case c.collprovider when 'i' then 'icu' else 'builtin' end,
      coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate), c.collisdeterministic::text)
  end
from own_collation c
union all
select 'type', 'pg_type'::regclass::oid::int, t.oid::int, 0, t.place,
  case t.typtype
    when 'e' then format('create type %s as enum (%s)', t.name,
      (select string_agg(quote_literal(l.enumlabel), ', ' order by l.enumsortorder) from pg_enum l where l.enumtypid = t.oid))
    when 'r' then (select format('create type %s as range (subtype = %s%s%s%s)', t.name, format_type(r.rngsubtype, null),
        case when r.rngsubopc <> 0 then (select format(', subtype_opclass = %I.%I', n.nspname, o.opcname)
          from pg_opclass o join pg_namespace n on n.oid = o.opcnamespace where o.oid = r.rngsubopc) end,
        case when r.rngcollation <> 0 then format(', collation = %s', r.rngcollation::regcollation) end,
        case when r.rngsubdiff <> 0 then format(', subtype_diff = %s', r.rngsubdiff::regproc) end)
      from pg_range r where r.rngtypid = t.oid)
  end
from own_type t where t.typtype in ('e', 'r')
union all
select 'domain', 'pg_type'::regclass::oid::int, t.oid::int, 0, t.place,
  format('create domain %s as %s%s%s%s', t.name, format_type(t.typbasetype, t.typtypmod),
    case when t.typcollation <> 0 and t.typcollation <> (select b.typcollation from pg_type b where b.oid = t.typbasetype)
      then ' collate ' || t.typcollation::regcollation::text end,
    ' default ' || t.typdefault, case when t.typnotnull then ' not null' end)
from own_type t where t.typtype = 'd'
union all
select 'domain check', 'pg_constraint'::regclass::oid::int, k.oid::int, 0, t.place || '.' || k.conname,
  format('alter domain %s add constraint %I %s', t.name, k.conname, pg_get_constraintdef(k.oid))
from pg_constraint k join own_type t on t.oid = k.contypid where k.contype = 'c'
union all
select 'composite', 'pg_class'::regclass::oid::int, c.oid::int, 0, c.place,
  format('create type %s as (%s)', c.name, (
    select string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attcollation <> y.typcollation then ' collate ' || a.attcollation::regcollation::text end), ', ' order by a.attnum)
    from pg_attribute a join pg_type y on y.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped))
from relation c where c.relkind = 'c'
union all
select 'function', 'pg_proc'::regclass::oid::int, oid::int, 0, place, pg_get_functiondef(oid) from routine where prokind <> 'a'
union all
select 'aggregate', 'pg_proc'::regclass::oid::int, r.oid::int, 0, r.place,
  format('create aggregate %I.%I(%s) (sfunc = %s, stype = %s%s%s%s%s%s)',
    (select n.nspname from pg_namespace n where n.oid = r.pronamespace), r.proname,
    case when r.pronargs = 0 then '*' else pg_get_function_arguments(r.oid) end, a.aggtransfn, format_type(a.aggtranstype, null),
    case when a.aggfinalfn <> 0 then ', finalfunc = ' || a.aggfinalfn::text end,
    case when a.aggcombinefn <> 0 then ', combinefunc = ' || a.aggcombinefn::text end,
    case when a.aggserialfn <> 0 then format(', serialfunc = %s, deserialfunc = %s', a.aggserialfn, a.aggdeserialfn) end,
    case when a.agginitval is not null then format(', initcond = %L', a.agginitval) end,
    case r.proparallel when 's' then ', parallel = safe' when 'r' then ', parallel = restricted' end)
from routine r join pg_aggregate a on a.aggfnoid = r.oid where a.aggkind = 'n'
union all
select 'sequence', 'pg_class'::regclass::oid::int, c.oid::int, 0, c.place,
  format('create %s %s as %s start %s increment %s minvalue %s maxvalue %s cache %s%s',
    case c.relpersistence when 'u' then 'unlogged sequence' else 'sequence' end, c.name, format_type(s.seqtypid, null), s.seqstart,
    s.seqincrement, s.seqmin, s.seqmax, s.seqcache, case when s.seqcycle then ' cycle' end)
from relation c join pg_sequence s on s.seqrelid = c.oid where c.oid not in (select i.oid from identity_sequence i)
union all
select 'sequence', 'pg_class'::regclass::oid::int, c.oid::int, 1, c.place,
  format('alter sequence %s owned by %s.%I', c.name, d.refobjid::regclass, a.attname)
from relation c join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'a' and d.refobjsubid > 0
join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where c.relkind = 'S' and d.refclassid = 'pg_class'::regclass
union all
-- The columns stand in a query of their own; "%columns%" is where they go.
select 'table', 'pg_class'::regclass::oid::int, c.oid::int, 0, c.place,
  format('create %s %s%s%s%s%s%s', case c.relpersistence when 'u' then 'unlogged table' else 'table' end, c.name,
    case when c.reloftype <> 0 then ' of ' || c.reloftype::regtype::text || ' (%options%)' else ' (%columns%)' end,
    case when not c.relispartition then (select ' inherits (' || string_agg(h.inhparent::regclass::text, ', ' order by h.inhseqno) || ')'
      from pg_inherits h where h.inhrelid = c.oid) end,
    case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) end,
    case when c.relkind = 'r' then (select format(' using %I', m.amname) from pg_am m where m.oid = c.relam and m.amname <> 'heap') end,
    c.options)
from relation c where c.relkind in ('r', 'p')
union all
select 'attach', 'pg_inherits'::regclass::oid::int, c.oid::int, 0, c.place,
  format('alter table only %s attach partition %s %s', h.inhparent::regclass, c.name, pg_get_expr(c.relpartbound, c.oid))
from relation c join pg_inherits h on h.inhrelid = c.oid where c.relispartition
union all
select 'default', 'pg_attrdef'::regclass::oid::int, d.oid::int, 0, t.place || '.' || a.attname,
  format('alter table %s%s alter column %I set default %s', case when t.relkind = 'v' then '' else 'only ' end, t.name, a.attname, pg_get_expr(d.adbin, d.adrelid))
from relation t join pg_attrdef d on d.adrelid = t.oid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.adnum
where a.attgenerated = ''
union all
select case k.contype when 'c' then 'check' when 'f' then 'foreign key' when 'n' then 'check' else 'key' end,
  'pg_constraint'::regclass::oid::int, k.oid::int, 0, k.place,
  format('alter table %s%s add constraint %I %s', case when k.contype in ('p', 'u', 'x') then 'only ' end, k.table_name, k.conname,
    pg_get_constraintdef(k.oid))
from own_constraint k
where (k.contype in ('p', 'u', 'x') or (k.contype = 'c' and (k.conislocal or k.relispartition)) or (k.contype = 'f' and k.conparentid = 0)
  or (k.contype = 'n' and not k.convalidated and k.conislocal)) and k.relkind in ('r', 'p')
union all
select 'index', 'pg_class'::regclass::oid::int, i.indexrelid::int, 0, i.place, pg_get_indexdef(i.indexrelid)
from own_index i where i.constraint_oid is null and i.indislive
union all
select 'index attach', 'pg_inherits'::regclass::oid::int, i.indexrelid::int, 0, i.place,
  format('alter index %s attach partition %s', h.inhparent::regclass, i.name)
from own_index i join pg_inherits h on h.inhrelid = i.indexrelid
union all
select 'view', 'pg_class'::regclass::oid::int, c.oid::int, 0, c.place,
  format('create or replace view %s%s as %s', c.name, c.options, rtrim(pg_get_viewdef(c.oid), ';'))
from relation c where c.relkind = 'v'
union all
select 'materialized view', 'pg_class'::regclass::oid::int, c.oid::int, 0, c.place,
  format('create materialized view %s%s as %s%s', c.name, c.options, rtrim(pg_get_viewdef(c.oid), ';'),
    case when c.relispopulated then '' else ' with no data' end)
from relation c where c.relkind = 'm'
union all
select 'statistics', 'pg_statistic_ext'::regclass::oid::int, oid::int, 0, place, pg_get_statisticsobjdef(oid) from own_statistics
union all
select 'rule', 'pg_rewrite'::regclass::oid::int, oid::int, 0, place, pg_get_ruledef(oid) from own_rule
union all
select 'trigger', 'pg_trigger'::regclass::oid::int, oid::int, 0, place, pg_get_triggerdef(oid) from own_trigger
union all
select 'policy', 'pg_policy'::regclass::oid::int, p.oid::int, 0, p.place,
  format('create policy %I on %s as %s for %s to %s%s%s', p.polname, p.table_name, case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    (select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ') from unnest(p.polroles) r),
    ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
from own_policy p

-- settings of what is there
union all
select 'setting', 'pg_class'::regclass::oid::int, t.oid::int, 1, t.place, s.*
from relation t, lateral (
  select format('alter table only %s replica identity %s', t.name, case t.relreplident when 'f' then 'full' else 'nothing' end)
  where t.relkind in ('r', 'p') and t.relreplident in ('f', 'n')
  union all select format('alter table %s enable row level security', t.name) where t.relrowsecurity
  union all select format('alter table only %s force row level security', t.name) where t.relforcerowsecurity
  union all
  select format('alter table %s set (%s)', t.name,
    (select string_agg(format('toast.%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') from unnest(s.reloptions) o))
  from pg_class s where s.oid = t.reltoastrelid and s.reloptions is not null and t.relkind = 'r'
) s
union all
select 'setting', 'pg_class'::regclass::oid::int, t.oid::int, 1, t.place || '.' || a.attname, s.*
from relation t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped join pg_type y on y.oid = a.atttypid, lateral (
  select format('alter table only %s alter column %I set storage %s', t.name, a.attname,
    case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end)
  where a.attstorage <> y.typstorage and t.relkind in ('r', 'p', 'm')
  union all
  select format('alter table only %s alter column %I set compression %s', t.name, a.attname, case to_jsonb(a) ->> 'attcompression' when 'p' then 'pglz' else 'lz4' end)
  where to_jsonb(a) ->> 'attcompression' in ('p', 'l') and t.relkind in ('r', 'p', 'm')
  union all
  select format('alter table only %s alter column %I set statistics %s', t.name, a.attname, a.attstattarget) where coalesce(a.attstattarget, -1) <> -1
  union all
  -- pg_attver is the server's own stamp.
  select format('alter table only %s alter column %I set (%s)', t.name, a.attname,
    string_agg(format('%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', '))
  from unnest(a.attoptions) o where o not like 'pg\_attver=%' having count(*) > 0
) s
union all
select 'setting', 'pg_class'::regclass::oid::int, i.indexrelid::int, 1, i.place, s.* from own_index i, lateral (
  select format('alter table only %s replica identity using index %I', i.table_name, i.relname) where i.indisreplident
  union all
  select format('alter %s %s cluster on %I', case i.table_kind when 'm' then 'materialized view' else 'table' end, i.table_name, i.relname) where i.indisclustered
  union all
  select format('alter index %s alter column %s set statistics %s', i.name, a.attnum, a.attstattarget)
  from pg_attribute a where a.attrelid = i.indexrelid and coalesce(a.attstattarget, -1) <> -1
) s
union all
select 'setting', 'pg_trigger'::regclass::oid::int, g.oid::int, 1, g.place,
  format('alter table %s %s trigger %I', g.table_name, case g.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, g.tgname)
from own_trigger g where g.tgenabled <> 'O'
union all
select 'setting', 'pg_rewrite'::regclass::oid::int, r.oid::int, 1, r.place,
  format('alter table %s %s rule %I', r.table_name, case r.ev_enabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, r.rulename)
from own_rule r where r.ev_enabled <> 'O'
union all
select 'setting', 'pg_statistic_ext'::regclass::oid::int, s.oid::int, 1, s.place, format('alter statistics %s set statistics %s', s.name, s.stxstattarget)
from own_statistics s where coalesce(s.stxstattarget, -1) <> -1
union all
select 'comment', n.class::oid::int, n.oid::int, 2, n.place, format('comment on %s is %L', n.spoken, d.description)
from named n join pg_description d on d.classoid = n.class and d.objoid = n.oid and d.objsubid = 0
where not (n.class = 'pg_namespace'::regclass and n.place = 'public' and d.description = 'standard public schema')
union all
select 'comment', 'pg_class'::regclass::oid::int, t.oid::int, 2, t.place || '.' || a.attname, format('comment on column %s.%I is %L', t.name, a.attname, d.description)
from relation t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = t.oid and d.objsubid = a.attnum
union all
select 'owner', class::oid::int, oid::int, 3, place, format('alter %s owner to %I', spoken, pg_get_userbyid(owner))
from named where owner is not null and pg_get_userbyid(owner) <> $1 and pg_get_userbyid(owner) <> 'pg_database_owner'
union all
select 'grant', g.class::oid::int, g.oid::int, 4, g.place, s.* from grantable g, lateral (
  select format('revoke all on %s from public', g.granted) where g.class = 'pg_namespace'::regclass and g.place = 'public'
  union all
  select format('revoke %s%s on %s from %s', x.privilege_type, g.columns, g.granted, case x.grantee when 0 then 'public' else x.grantee::regrole::text end)
  from (select privilege_type, grantee from aclexplode(g.preset) except select privilege_type, grantee from aclexplode(g.actual)) x
  union all
  select format('grant %s%s on %s to %s%s', x.privilege_type, g.columns, g.granted, case x.grantee when 0 then 'public' else x.grantee::regrole::text end,
    case when x.is_grantable then ' with grant option' end)
  from (select privilege_type, grantee, is_grantable from aclexplode(g.actual)
    except select privilege_type, grantee, is_grantable from aclexplode(g.preset)) x
) s (sql)

-- what this file cannot make again
union all
select 'unknown', 0, 0, 0, u.place, null from (
  select 'foreign table ' || place from relation where relkind = 'f'
  union all select 'base type ' || place from own_type where typtype = 'b'
  union all select 'aggregate ' || r.place from routine r join pg_aggregate a on a.aggfnoid = r.oid where a.aggkind <> 'n'
  union all select 'operator ' || o.oid::regoperator::text from pg_operator o join chosen n on n.oid = o.oprnamespace
    where not exists (select from member e where e.classid = 'pg_operator'::regclass and e.objid = o.oid)
  union all select 'operator class ' || o.opcname from pg_opclass o join chosen n on n.oid = o.opcnamespace
    where not exists (select from member e where e.classid = 'pg_opclass'::regclass and e.objid = o.oid)
  union all select 'text search configuration ' || o.cfgname from pg_ts_config o join chosen n on n.oid = o.cfgnamespace
    where not exists (select from member e where e.classid = 'pg_ts_config'::regclass and e.objid = o.oid)
  union all select format('cast from %s to %s', format_type(k.castsource, null), format_type(k.casttarget, null)) from pg_cast k
    where k.oid >= 16384 and not exists (select from pg_depend e where e.deptype in ('e', 'i') and e.classid = 'pg_cast'::regclass and e.objid = k.oid)
  union all select 'event trigger ' || t.evtname from pg_event_trigger t
    where t.evtname not like 'shoofly%' and not exists (select from member e where e.classid = 'pg_event_trigger'::regclass and e.objid = t.oid)
) u (place)
