-- One row per table of the schema $1, with everything that planning needs as JSON.
with tables as (
  select c.oid, c.relname, c.relkind, c.relispartition, c.relowner, c.relrowsecurity, c.relnatts, c.relacl, c.reltuples,
    c.relforcerowsecurity, c.reloptions, c.reltoastrelid, c.relreplident, c.relpartbound
  from pg_catalog.pg_class c
  where c.relnamespace = pg_catalog.quote_ident($1::text)::regnamespace and c.relkind in ('r', 'p', 'f')
)
select t.relname as name,
  case when t.relkind = 'f' then 'foreign' when t.relkind = 'p' then 'partitioned' when t.relispartition then 'partition'
       when exists (select from pg_catalog.pg_inherits i where i.inhrelid = t.oid or i.inhparent = t.oid) then 'inheritance'
       else 'table' end as kind,
  pg_catalog.pg_get_userbyid(t.relowner) as owner,
  t.relrowsecurity as row_security,
  t.relforcerowsecurity as row_security_forced,
  (select coalesce(json_agg(o), '[]') from (
      select o from unnest(t.reloptions) o
      union all select 'toast.' || o from pg_catalog.pg_class s, unnest(s.reloptions) o where s.oid = t.reltoastrelid) x) as options,
  case t.relreplident when 'n' then 'NOTHING' when 'f' then 'FULL' when 'd' then 'DEFAULT' else
    (select pg_catalog.format('USING INDEX %I', ic.relname) from pg_catalog.pg_index x join pg_catalog.pg_class ic on ic.oid = x.indexrelid
      where x.indrelid = t.oid and x.indisreplident) end as replica_identity,
  (select json_build_object('strategy', case p.partstrat when 'l' then 'list' when 'r' then 'range' else 'hash' end,
      'columns', (select json_agg(a.attname order by k.ord) from unnest(p.partattrs::int2[]) with ordinality k(attnum, ord)
        left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum and k.attnum > 0),
      'defaultPartition', (select d.relname from pg_catalog.pg_class d where d.oid = p.partdefid))
    from pg_catalog.pg_partitioned_table p where p.partrelid = t.oid) as partitioning,
  (select json_build_object('parent', parent.relname, 'bound', pg_catalog.pg_get_expr(t.relpartbound, t.oid),
      'condition', pg_catalog.pg_get_partition_constraintdef(t.oid))
    from pg_catalog.pg_inherits h join pg_catalog.pg_class parent on parent.oid = h.inhparent
    where h.inhrelid = t.oid and t.relispartition) as partition,
  (select coalesce(json_agg(pc.relname order by i.inhseqno), '[]') from pg_catalog.pg_inherits i
    join pg_catalog.pg_class pc on pc.oid = i.inhparent and pc.relnamespace = pg_catalog.quote_ident($1::text)::regnamespace where i.inhrelid = t.oid) as parents,
  pg_catalog.obj_description(t.oid, 'pg_class') as comment,
  greatest(t.reltuples, 0)::float8 as rows_estimate,
  pg_catalog.pg_table_size(t.oid)::float8 as bytes,
  t.relnatts::int as attributes,
  (select coalesce(json_agg(json_build_object(
      'name', a.attname,
      'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'notNull', a.attnotnull,
      'default', case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'default' end,
      'generated', a.attgenerated <> '',
      'collation', case when a.attcollation <> ty.typcollation
        then (select pg_catalog.format('%I.%I', n.nspname, co.collname) from pg_catalog.pg_collation co join pg_catalog.pg_namespace n on n.oid = co.collnamespace where co.oid = a.attcollation) end,
      'comment', pg_catalog.col_description(t.oid, a.attnum),
      'exactlyComparable', a.atttypid in (16, 17, 18, 20, 21, 23, 26, 1082, 1083, 1114, 1184, 2950)
        or (a.atttypid in (19, 25, 1043) and coalesce((select co.collisdeterministic from pg_catalog.pg_collation co where co.oid = a.attcollation), true)),
      'settings', json_build_object(
        'storage', case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end,
        'ownStorage', a.attstorage <> ty.typstorage,
        -- attcompression exists from 14 on.
        'compression', case to_jsonb(a) ->> 'attcompression' when 'p' then 'pglz' when 'l' then 'lz4' end,
        'statistics', nullif(coalesce(a.attstattarget, -1), -1),
        -- pg_attver is a stamp of the server's own (15.20), which no statement can set.
        'options', (select coalesce(json_agg(o), '[]') from unnest(a.attoptions) o where o not like 'pg\_attver=%')),
      'grants', (select coalesce(json_agg(json_build_object('grantee', case when g.grantee = 0 then '' else pg_catalog.pg_get_userbyid(g.grantee) end,
        'privilege', g.privilege_type, 'grantable', g.is_grantable) order by g.grantee, g.privilege_type), '[]')
        from pg_catalog.aclexplode(a.attacl) g),
      'extras', array_remove(array[
        case when exists (select from pg_catalog.pg_depend s join pg_catalog.pg_class q on q.oid = s.objid and q.relkind = 'S'
          where s.classid = 'pg_class'::regclass and s.refobjid = t.oid and s.refobjsubid = a.attnum and s.deptype in ('a', 'i')) then 'a sequence of its own' end
      ], null)) order by a.attnum), '[]')
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_type ty on ty.oid = a.atttypid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select coalesce(json_agg(json_build_object(
      'name', ic.relname,
      'columns', (select json_agg((select a.attname from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attnum = k.attnum) order by k.ord)
        from unnest(x.indkey::int2[]) with ordinality k(attnum, ord)),
      'keys', x.indnkeyatts,
      'unique', x.indisunique,
      'valid', x.indisvalid,
      'constraint', (select con.conname from pg_catalog.pg_constraint con where con.conindid = x.indexrelid and con.contype in ('p', 'u', 'x') limit 1),
      'definition', pg_catalog.pg_get_indexdef(x.indexrelid),
      'dependsOn', (select coalesce(json_agg(distinct a.attname), '[]') from pg_catalog.pg_attribute a
        where a.attrelid = t.oid and a.attnum > 0 and (a.attnum = any (x.indkey::int2[]) or exists (
          select from pg_catalog.pg_depend p where p.classid = 'pg_class'::regclass and p.objid = x.indexrelid
            and p.refclassid = 'pg_class'::regclass and p.refobjid = t.oid and p.refobjsubid = a.attnum))),
      'partial', x.indpred is not null,
      'walkable', x.indisunique and x.indisvalid and x.indimmediate and x.indpred is null and x.indexprs is null and am.amname = 'btree'
        and not exists (select from unnest(x.indoption::int2[]) o where o <> 0)
        and not exists (select from pg_catalog.pg_opclass o where o.oid = any (x.indclass::oid[]) and not o.opcdefault)
        and not exists (select from unnest(x.indkey::int2[]) k join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = k where not a.attnotnull)
        and x.indnatts = x.indnkeyatts,
      'tablespace', (select ts.spcname from pg_catalog.pg_tablespace ts where ts.oid = ic.reltablespace),
      'comment', pg_catalog.obj_description(x.indexrelid, 'pg_class'),
      'clustered', x.indisclustered,
      'replicaIdentity', x.indisreplident,
      'parent', (select pc.relname from pg_catalog.pg_inherits ih join pg_catalog.pg_class pc on pc.oid = ih.inhparent where ih.inhrelid = x.indexrelid),
      'options', (select coalesce(json_agg(o), '[]') from unnest(ic.reloptions) o),
      'statistics', (select coalesce(json_agg(json_build_object('column', ia.attnum, 'target', ia.attstattarget) order by ia.attnum), '[]')
        from pg_catalog.pg_attribute ia where ia.attrelid = x.indexrelid and coalesce(ia.attstattarget, -1) <> -1)
      ) order by x.indisprimary desc, x.indnkeyatts, ic.relname), '[]')
    from pg_catalog.pg_index x
    join pg_catalog.pg_class ic on ic.oid = x.indexrelid
    join pg_catalog.pg_am am on am.oid = ic.relam
    where x.indrelid = t.oid) as indexes,
  (select coalesce(json_agg(json_build_object(
      'name', con.conname,
      'kind', case con.contype when 'c' then 'check' when 'f' then 'foreign-key' when 'p' then 'primary-key' when 'u' then 'unique' when 'x' then 'exclusion' else 'not-null' end,
      'columns', (select coalesce(json_agg(a.attname order by k.ord), '[]') from unnest(con.conkey) with ordinality k(attnum, ord)
        join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum),
      'definition', pg_catalog.pg_get_constraintdef(con.oid),
      'validated', con.convalidated,
      'inherited', con.coninhcount > 0,
      'references', (select pg_catalog.format('%s.%s', n.nspname, r.relname) from pg_catalog.pg_class r join pg_catalog.pg_namespace n on n.oid = r.relnamespace where r.oid = con.confrelid),
      'foreignKey', (select json_build_object('schema', n.nspname, 'table', r.relname,
          'columns', (select json_agg(a.attname order by k.ord) from unnest(con.confkey) with ordinality k(attnum, ord)
            join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum = k.attnum))
        from pg_catalog.pg_class r join pg_catalog.pg_namespace n on n.oid = r.relnamespace where r.oid = con.confrelid),
      'comment', pg_catalog.obj_description(con.oid, 'pg_constraint')
      ) order by con.conname), '[]')
    from pg_catalog.pg_constraint con where con.conrelid = t.oid and con.contype in ('c', 'f', 'p', 'u', 'x', 'n')) as constraints,
  (select coalesce(json_agg(json_build_object(
      'name', g.tgname, 'definition', pg_catalog.pg_get_triggerdef(g.oid), 'onUpdate', (g.tgtype & 16) <> 0,
      'enabled', g.tgenabled <> 'D', 'before', (g.tgtype & 2) <> 0) order by g.tgname), '[]')
    from pg_catalog.pg_trigger g where g.tgrelid = t.oid and not g.tgisinternal) as triggers,
  (select coalesce(json_agg(json_build_object('grantee', case when g.grantee = 0 then '' else pg_catalog.pg_get_userbyid(g.grantee) end,
      'privilege', g.privilege_type, 'grantable', g.is_grantable) order by g.grantee, g.privilege_type), '[]')
    from pg_catalog.aclexplode(t.relacl) g where g.grantee <> t.relowner) as grants,
  (select coalesce(json_agg(json_build_object('table', con.conrelid::regclass::text, 'constraint', con.conname,
      'onDelete', case con.confdeltype when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' else 'no action' end,
      'schema', cn.nspname, 'name', child.relname,
      'columns', (select json_agg(a.attname order by k.ord) from unnest(con.confkey) with ordinality k(attnum, ord)
        join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum),
      'from', (select json_agg(a.attname order by k.ord) from unnest(con.conkey) with ordinality k(attnum, ord)
        join pg_catalog.pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attnum)) order by con.conname), '[]')
    from pg_catalog.pg_constraint con
    join pg_catalog.pg_class child on child.oid = con.conrelid
    join pg_catalog.pg_namespace cn on cn.oid = child.relnamespace
    where con.confrelid = t.oid and con.contype = 'f') as referenced_by,
  (select coalesce(json_agg(distinct jsonb_build_object('column', x.attname, 'what', x.what)), '[]') from (
      select a.attname, 'materialized view ' || v.oid::regclass::text as what
      from pg_catalog.pg_depend p
      join pg_catalog.pg_rewrite w on w.oid = p.objid
      join pg_catalog.pg_class v on v.oid = w.ev_class and v.oid <> t.oid
      join pg_catalog.pg_namespace vn on vn.oid = v.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
      where p.classid = 'pg_rewrite'::regclass and p.refobjid = t.oid
        and v.relkind = 'm' and vn.nspname <> 'shoofly' and coalesce(pg_catalog.obj_description(vn.oid, 'pg_namespace'), '') not like 'shoofly version%'
      union all
      select a.attname, 'generated column ' || gen.attname from pg_catalog.pg_attrdef gd
      join pg_catalog.pg_attribute gen on gen.attrelid = t.oid and gen.attnum = gd.adnum and gen.attgenerated <> ''
      join pg_catalog.pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = gd.oid and p.refobjid = t.oid and p.refobjsubid <> gd.adnum
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
      where gd.adrelid = t.oid
      union all
      select a.attname, 'trigger ' || g.tgname from pg_catalog.pg_depend p
      join pg_catalog.pg_trigger g on g.oid = p.objid and not g.tgisinternal
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
      where p.classid = 'pg_trigger'::regclass and p.refobjid = t.oid and g.tgname not like '~shoofly%'
    ) x) as dependents
from tables t
order by t.relname
