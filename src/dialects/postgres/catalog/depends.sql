-- Which object needs which: class, oid → class, oid. The second part says which objects are a part of another one.
select 'needs' as relation, classid::int as class, objid::int as oid, refclassid::int as "otherClass", refobjid::int as "otherOid"
from pg_depend d
where d.objid >= 16384 and d.refobjid >= 16384 and d.deptype <> 'e'
  -- A sequence belongs to its column, and is there before it.
  and not (d.deptype = 'a' and d.classid = 'pg_class'::regclass and exists (select from pg_class s where s.oid = d.objid and s.relkind = 'S'))
union all
select 'needs', 'pg_inherits'::regclass::oid::int, h.inhrelid::int, 'pg_class'::regclass::oid::int, x.oid::int
from pg_inherits h, lateral (values (h.inhrelid), (h.inhparent)) x (oid)
union all
select 'needs', 'pg_inherits'::regclass::oid::int, h.inhrelid::int, 'pg_constraint'::regclass::oid::int, k.oid::int
from pg_inherits h join pg_constraint k on k.conrelid in (h.inhrelid, h.inhparent) and k.contype = 'c'
union all
select 'needs', 'pg_inherits'::regclass::oid::int, i.indexrelid::int, 'pg_inherits'::regclass::oid::int, i.indrelid::int
from pg_index i join pg_inherits h on h.inhrelid = i.indexrelid

union all
select 'part of', classid::int, objid::int, refclassid::int, refobjid::int from pg_depend where deptype = 'e'
union all
select 'part of', 'pg_type'::regclass::oid::int, t.oid::int, 'pg_class'::regclass::oid::int, t.typrelid::int from pg_type t where t.typrelid >= 16384
union all
select 'part of', 'pg_type'::regclass::oid::int, t.typarray::int, 'pg_type'::regclass::oid::int, t.oid::int
from pg_type t where t.oid >= 16384 and t.typarray <> 0
union all
select 'part of', 'pg_type'::regclass::oid::int, d.objid::int, 'pg_type'::regclass::oid::int, d.refobjid::int
from pg_depend d where d.deptype = 'i' and d.classid = 'pg_type'::regclass and d.refclassid = 'pg_type'::regclass and d.objid >= 16384
union all
select 'part of', 'pg_rewrite'::regclass::oid::int, r.oid::int, 'pg_class'::regclass::oid::int, r.ev_class::int
from pg_rewrite r where r.rulename = '_RETURN' and r.oid >= 16384
union all
select 'part of', 'pg_attrdef'::regclass::oid::int, d.oid::int, 'pg_class'::regclass::oid::int, d.adrelid::int
from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where a.attgenerated <> ''
union all
select 'part of', 'pg_class'::regclass::oid::int, k.conindid::int, 'pg_constraint'::regclass::oid::int, k.oid::int
from pg_constraint k where k.contype in ('p', 'u', 'x')
union all
select 'part of', 'pg_class'::regclass::oid::int, d.objid::int, 'pg_class'::regclass::oid::int, d.refobjid::int
from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
union all
select 'part of', 'pg_constraint'::regclass::oid::int, k.oid::int, 'pg_class'::regclass::oid::int, k.conrelid::int
from pg_constraint k where k.contype = 'n' and k.convalidated
