-- The columns of every table, as CREATE TABLE writes them, in order. Defaults come later: they may need what comes later.
select a.attrelid::int as relation, quote_ident(a.attname) as name,
  case when c.reloftype <> 0 then 'with options' else format('%s%s%s%s', format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> y.typcollation then ' collate ' || a.attcollation::regcollation::text end,
    case when a.attgenerated <> '' then format(' generated always as (%s) %s', pg_get_expr(d.adbin, d.adrelid),
      case a.attgenerated when 's' then 'stored' else 'virtual' end) end,
    case when a.attidentity <> '' then (
      select format(' generated %s as identity (sequence name %s start %s increment %s minvalue %s maxvalue %s cache %s%s)',
        case a.attidentity when 'a' then 'always' else 'by default' end, s.seqrelid::regclass, s.seqstart, s.seqincrement, s.seqmin,
        s.seqmax, s.seqcache, case when s.seqcycle then ' cycle' end)
      from pg_depend p join pg_sequence s on s.seqrelid = p.objid
      where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid
        and p.refobjsubid = a.attnum and p.deptype = 'i') end) end as definition,
  a.attnotnull and not coalesce(not k.convalidated, false) as "notNull", quote_ident(k.conname) as "notNullName",
  coalesce(k.connoinherit, false) as "notNullNoInherit"
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and c.oid >= 16384
join pg_type y on y.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_constraint k on k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
where a.attnum > 0 and not a.attisdropped and (a.attislocal or c.relispartition) and (c.reloftype = 0 or a.attnotnull)
order by a.attrelid, a.attnum
