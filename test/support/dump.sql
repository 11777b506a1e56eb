-- The catalog of some schemas as sorted lines, one fact each. $1: schema names, $2: with column order, $3: with the names
-- of NOT NULL constraints (PostgreSQL 18 makes up a name where older versions have none). Needs an empty search_path, so
-- that every name comes qualified. What an extension owns is left out, as in pg_dump.
WITH chosen AS (
  SELECT oid, nspname AS name, nspowner AS owner, nspacl AS acl FROM pg_namespace WHERE nspname = ANY ($1)
),
extension_member AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
),
relation AS (
  SELECT c.*, format('%I.%I', n.name, c.relname) AS name,
    CASE c.relkind
      WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'
      WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type'
    END AS kind
  FROM pg_class c JOIN chosen n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')
    AND NOT EXISTS (SELECT FROM extension_member e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid)
),
domain_or_type AS (
  SELECT t.*, format('%I.%I', n.name, t.typname) AS name
  FROM pg_type t JOIN chosen n ON n.oid = t.typnamespace
  WHERE (t.typtype IN ('d', 'e', 'r') OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    AND NOT EXISTS (SELECT FROM extension_member e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid)
),
routine AS (
  SELECT p.*, format('%I.%I(%s)', n.name, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
  FROM pg_proc p JOIN chosen n ON n.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT FROM extension_member e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid)
),
index AS (
  SELECT i.*, c.relname, c.reltablespace, t.name AS table_name, format('index %I on %s', c.relname, t.name) AS label
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN relation t ON t.oid = i.indrelid
),
relation_constraint AS (
  SELECT c.*,
    CASE WHEN c.contype = 'n' AND NOT $3
      THEN format('constraint of %s: not null %I', t.name,
        (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = c.conkey[1]))
      ELSE format('constraint %I on %s', c.conname, t.name)
    END AS label
  FROM pg_constraint c JOIN relation t ON t.oid = c.conrelid
  WHERE c.contype <> 't'
),
publication AS (
  SELECT p.* FROM pg_publication p
  WHERE p.puballtables
    OR EXISTS (SELECT FROM pg_publication_rel m JOIN relation t ON t.oid = m.prrelid WHERE m.prpubid = p.oid)
    OR EXISTS (SELECT FROM pg_publication_namespace m JOIN chosen n ON n.oid = m.pnnspid WHERE m.pnpubid = p.oid)
),
-- Everything that may have a comment, an owner or privileges.
object (class, oid, label, owner, acl, acl_kind) AS (
  SELECT 'pg_namespace'::regclass, oid, format('schema %I', name), owner, acl, 'n' FROM chosen
  UNION ALL
  SELECT 'pg_class'::regclass, oid, kind || ' ' || name, relowner, relacl, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END
  FROM relation WHERE relkind <> 'c'
  UNION ALL
  SELECT 'pg_type'::regclass, oid, 'type ' || name, typowner, typacl, 'T' FROM domain_or_type
  UNION ALL
  SELECT 'pg_proc'::regclass, oid, 'routine ' || name, proowner, proacl, 'f' FROM routine
  UNION ALL
  SELECT 'pg_class'::regclass, indexrelid, label, NULL, NULL, NULL FROM index
  UNION ALL
  SELECT 'pg_constraint'::regclass, oid, label, NULL, NULL, NULL FROM relation_constraint
  UNION ALL
  SELECT 'pg_constraint'::regclass, c.oid, format('constraint %I on %s', c.conname, t.name), NULL, NULL, NULL
  FROM pg_constraint c JOIN domain_or_type t ON t.oid = c.contypid
  UNION ALL
  SELECT 'pg_trigger'::regclass, g.oid, format('trigger %I on %s', g.tgname, t.name), NULL, NULL, NULL
  FROM pg_trigger g JOIN relation t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT 'pg_rewrite'::regclass, r.oid, format('rule %I on %s', r.rulename, t.name), NULL, NULL, NULL
  FROM pg_rewrite r JOIN relation t ON t.oid = r.ev_class WHERE r.rulename <> '_RETURN'
  UNION ALL
  SELECT 'pg_policy'::regclass, p.oid, format('policy %I on %s', p.polname, t.name), NULL, NULL, NULL
  FROM pg_policy p JOIN relation t ON t.oid = p.polrelid
  UNION ALL
  SELECT 'pg_statistic_ext'::regclass, s.oid, format('statistics %I.%I', n.name, s.stxname), s.stxowner, NULL, NULL
  FROM pg_statistic_ext s JOIN chosen n ON n.oid = s.stxnamespace
  UNION ALL
  SELECT 'pg_collation'::regclass, c.oid, format('collation %I.%I', n.name, c.collname), c.collowner, NULL, NULL
  FROM pg_collation c JOIN chosen n ON n.oid = c.collnamespace
  UNION ALL
  SELECT 'pg_publication'::regclass, oid, format('publication %I', pubname), pubowner, NULL, NULL FROM publication
  UNION ALL
  SELECT 'pg_extension'::regclass, e.oid, format('extension %I', e.extname), NULL, NULL, NULL
  FROM pg_extension e JOIN chosen n ON n.oid = e.extnamespace
),
grantable (label, owner, acl, preset) AS (
  SELECT label, owner, coalesce(acl, acldefault(acl_kind::"char", owner)), acldefault(acl_kind::"char", owner)
  FROM object WHERE acl_kind IS NOT NULL
  UNION ALL
  SELECT format('column %s.%I', t.name, a.attname), t.relowner, a.attacl, acldefault('c', t.relowner)
  FROM relation t JOIN pg_attribute a ON a.attrelid = t.oid WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
),
-- Only what differs from the owner's and PUBLIC's preset privileges, so that a grant that was taken back leaves no trace.
privilege (label, fact) AS (
  SELECT g.label, 'grants ' || p.fact FROM grantable g, LATERAL (
    SELECT format('%s to %s%s%s', x.privilege_type, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
      CASE WHEN x.is_grantable THEN ' with grant option' END,
      CASE WHEN x.grantor <> g.owner THEN ' by ' || x.grantor::regrole::text END)
    FROM (SELECT * FROM aclexplode(g.acl) EXCEPT SELECT * FROM aclexplode(g.preset)) x
  ) p (fact)
  UNION ALL
  SELECT g.label, 'lacks ' || p.fact FROM grantable g, LATERAL (
    SELECT format('%s of %s', x.privilege_type, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END)
    FROM (SELECT * FROM aclexplode(g.preset) EXCEPT SELECT * FROM aclexplode(g.acl)) x
  ) p (fact)
),
fact (label, fact) AS (
  SELECT label, 'exists' FROM object
  UNION ALL
  SELECT label, 'owner ' || owner::regrole::text FROM object WHERE owner IS NOT NULL
  UNION ALL
  SELECT o.label, 'comment ' || d.description
  FROM object o JOIN pg_description d ON d.classoid = o.class AND d.objoid = o.oid AND d.objsubid = 0
  UNION ALL
  SELECT o.label, format('security label %s %s', s.provider, s.label)
  FROM object o JOIN pg_seclabel s ON s.classoid = o.class AND s.objoid = o.oid
  UNION ALL
  SELECT label, fact FROM privilege
  UNION ALL
  SELECT format('default privileges in %I', n.name), format('for %s on %s: %s', d.defaclrole::regrole, d.defaclobjtype, d.defaclacl)
  FROM pg_default_acl d JOIN chosen n ON n.oid = d.defaclnamespace
  UNION ALL
  SELECT format('extension %I', extname), 'version ' || extversion FROM pg_extension e JOIN chosen n ON n.oid = e.extnamespace

  -- relations
  UNION ALL
  SELECT t.kind || ' ' || t.name, f.* FROM relation t, LATERAL (
    SELECT 'persistence ' || t.relpersistence::text WHERE t.relpersistence <> 'p'
    UNION ALL SELECT 'options ' || o FROM unnest(t.reloptions) o
    UNION ALL SELECT 'toast options ' || o FROM pg_class s, unnest(s.reloptions) o WHERE s.oid = t.reltoastrelid
    UNION ALL SELECT 'access method ' || m.amname FROM pg_am m WHERE m.oid = t.relam
    UNION ALL SELECT 'tablespace ' || s.spcname FROM pg_tablespace s WHERE s.oid = t.reltablespace
    UNION ALL SELECT 'row level security' WHERE t.relrowsecurity
    UNION ALL SELECT 'row level security forced' WHERE t.relforcerowsecurity
    UNION ALL SELECT 'replica identity ' || t.relreplident::text WHERE t.relkind IN ('r', 'p') AND t.relreplident <> 'd'
    UNION ALL SELECT 'partition by ' || pg_get_partkeydef(t.oid) WHERE t.relkind = 'p'
    UNION ALL SELECT 'of type ' || t.reloftype::regtype::text WHERE t.reloftype <> 0
    UNION ALL
    SELECT format('child of %s%s %s', h.inhparent::regclass, CASE WHEN to_jsonb(h) ->> 'inhdetachpending' = 'true' THEN ' (detaching)' END,
      pg_get_expr(t.relpartbound, t.oid))
    FROM pg_inherits h WHERE h.inhrelid = t.oid
    UNION ALL SELECT 'definition ' || pg_get_viewdef(t.oid) WHERE t.relkind IN ('v', 'm')
    UNION ALL SELECT 'not populated' WHERE t.relkind = 'm' AND NOT t.relispopulated
    UNION ALL
    SELECT format('foreign server %s %s', s.srvname, f.ftoptions)
    FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = t.oid
  ) f
  UNION ALL
  SELECT format('column %s.%I', t.name, a.attname), f.*
  FROM relation t
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type y ON y.oid = a.atttypid, LATERAL (
    SELECT 'type ' || format_type(a.atttypid, a.atttypmod) WHERE t.relkind <> 'S'
    -- The attributes of a composite type are its value's layout; those of a table have no order that SQL should rely on.
    UNION ALL
    SELECT 'position ' || (SELECT count(*) FROM pg_attribute b WHERE b.attrelid = t.oid AND b.attnum BETWEEN 1 AND a.attnum AND NOT b.attisdropped)
    WHERE ($2 OR t.relkind = 'c') AND t.relkind <> 'S'
    UNION ALL SELECT 'not null' WHERE a.attnotnull AND t.relkind <> 'S'
    UNION ALL SELECT 'collation ' || a.attcollation::regcollation::text WHERE a.attcollation <> y.typcollation
    UNION ALL
    SELECT CASE a.attgenerated WHEN '' THEN 'default ' WHEN 's' THEN 'generated stored ' ELSE 'generated virtual ' END
      || pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
    UNION ALL SELECT 'identity ' || a.attidentity::text WHERE a.attidentity <> ''
    UNION ALL SELECT 'storage ' || a.attstorage::text WHERE a.attstorage <> y.typstorage AND t.relkind <> 'v'
    UNION ALL SELECT 'compression ' || a.attcompression::text WHERE a.attcompression <> ''
    UNION ALL SELECT 'statistics ' || a.attstattarget WHERE coalesce(a.attstattarget, -1) <> -1
    -- The server's own stamp of a column's age, which no statement can set (15.20 and its sister releases); pg_dump hides it.
    UNION ALL SELECT 'options ' || o FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%'
    UNION ALL SELECT 'foreign options ' || o FROM unnest(a.attfdwoptions) o
    UNION ALL SELECT format('inherited %s', CASE WHEN a.attislocal THEN 'and local' END) WHERE a.attinhcount > 0
    UNION ALL
    SELECT 'comment ' || d.description FROM pg_description d
    WHERE d.classoid = 'pg_class'::regclass AND d.objoid = t.oid AND d.objsubid = a.attnum
  ) f
  UNION ALL
  SELECT 'sequence ' || t.name, f.* FROM relation t JOIN pg_sequence s ON s.seqrelid = t.oid, LATERAL (
    SELECT format('as %s start %s increment %s minimum %s maximum %s cache %s%s', s.seqtypid::regtype, s.seqstart,
      s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' cycle' END)
    UNION ALL
    SELECT format('%s by %s.%I', CASE d.deptype WHEN 'i' THEN 'identity, owned' ELSE 'owned' END, d.refobjid::regclass, a.attname)
    FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  ) f
  UNION ALL
  SELECT label, f.* FROM index i, LATERAL (
    SELECT pg_get_indexdef(i.indexrelid)
    UNION ALL SELECT 'INVALID' WHERE NOT i.indisvalid
    UNION ALL SELECT 'NOT READY' WHERE NOT i.indisready
    UNION ALL SELECT 'NOT LIVE' WHERE NOT i.indislive
    UNION ALL SELECT 'primary' WHERE i.indisprimary
    UNION ALL SELECT 'clustered on' WHERE i.indisclustered
    UNION ALL SELECT 'replica identity' WHERE i.indisreplident
    UNION ALL SELECT 'tablespace ' || s.spcname FROM pg_tablespace s WHERE s.oid = i.reltablespace
    UNION ALL SELECT 'partition of ' || h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = i.indexrelid
    UNION ALL
    SELECT format('statistics of column %s: %s', a.attnum, a.attstattarget)
    FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND coalesce(a.attstattarget, -1) <> -1
  ) f
  UNION ALL
  SELECT label, f.* FROM relation_constraint c, LATERAL (
    SELECT pg_get_constraintdef(c.oid)
    UNION ALL SELECT 'NOT VALIDATED' WHERE NOT c.convalidated
    UNION ALL SELECT 'deferrable' || CASE WHEN c.condeferred THEN ', initially deferred' ELSE '' END WHERE c.condeferrable
    UNION ALL SELECT format('inherited %s', CASE WHEN c.conislocal THEN 'and local' END) WHERE c.coninhcount > 0
  ) f
  UNION ALL
  SELECT format('trigger %I on %s', g.tgname, t.name), f.*
  FROM pg_trigger g JOIN relation t ON t.oid = g.tgrelid AND NOT g.tgisinternal, LATERAL (
    SELECT pg_get_triggerdef(g.oid) UNION ALL SELECT 'enabled ' || g.tgenabled::text
    UNION ALL SELECT 'made for the partitioned table' WHERE g.tgparentid <> 0
  ) f
  UNION ALL
  SELECT format('rule %I on %s', r.rulename, t.name), f.*
  FROM pg_rewrite r JOIN relation t ON t.oid = r.ev_class AND r.rulename <> '_RETURN', LATERAL (
    SELECT pg_get_ruledef(r.oid) UNION ALL SELECT 'enabled ' || r.ev_enabled::text
  ) f
  UNION ALL
  SELECT format('policy %I on %s', p.polname, t.name), f.* FROM pg_policy p JOIN relation t ON t.oid = p.polrelid, LATERAL (
    SELECT format('command %s %s', p.polcmd, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END)
    UNION ALL SELECT 'role ' || CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END FROM unnest(p.polroles) r
    UNION ALL SELECT 'using ' || pg_get_expr(p.polqual, p.polrelid)
    UNION ALL SELECT 'with check ' || pg_get_expr(p.polwithcheck, p.polrelid)
  ) f

  -- types, routines and the rest
  UNION ALL
  SELECT 'type ' || t.name, f.* FROM domain_or_type t, LATERAL (
    SELECT format('domain over %s%s%s%s', format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN ' not null' END,
      ' default ' || t.typdefault, ' collation ' || nullif(t.typcollation, 0)::regcollation::text)
    WHERE t.typtype = 'd'
    UNION ALL
    SELECT 'enum ' || string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder)
    FROM pg_enum l WHERE l.enumtypid = t.oid HAVING t.typtype = 'e'
    UNION ALL
    SELECT format('range of %s %s %s', r.rngsubtype::regtype, r.rngsubopc::regproc, r.rngsubdiff) FROM pg_range r WHERE r.rngtypid = t.oid
    UNION ALL
    SELECT format('constraint %I %s%s', c.conname, pg_get_constraintdef(c.oid), CASE WHEN NOT c.convalidated THEN ' (NOT VALIDATED)' END)
    FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'
  ) f
  UNION ALL
  SELECT 'routine ' || name, pg_get_functiondef(oid) FROM routine WHERE prokind <> 'a'
  UNION ALL
  SELECT 'routine ' || r.name, format('aggregate %s', to_jsonb(a) - 'aggfnoid') FROM routine r JOIN pg_aggregate a ON a.aggfnoid = r.oid
  UNION ALL
  SELECT format('statistics %I.%I', n.name, s.stxname), f.* FROM pg_statistic_ext s JOIN chosen n ON n.oid = s.stxnamespace, LATERAL (
    SELECT pg_get_statisticsobjdef(s.oid)
    UNION ALL SELECT 'target ' || s.stxstattarget WHERE coalesce(s.stxstattarget, -1) <> -1
  ) f
  UNION ALL
  SELECT format('collation %I.%I', n.name, c.collname),
    (to_jsonb(c) - ARRAY['oid', 'collname', 'collnamespace', 'collowner'])::text
  FROM pg_collation c JOIN chosen n ON n.oid = c.collnamespace
  UNION ALL
  SELECT format('publication %I', p.pubname), f.* FROM publication p, LATERAL (
    SELECT (to_jsonb(p) - ARRAY['oid', 'pubname', 'pubowner'])::text
    UNION ALL
    SELECT format('table %s %s %s', t.name, pg_get_expr(m.prqual, m.prrelid),
      (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a
       WHERE a.attrelid = m.prrelid AND a.attnum = ANY (m.prattrs::smallint[])))
    FROM pg_publication_rel m JOIN relation t ON t.oid = m.prrelid WHERE m.prpubid = p.oid
    UNION ALL
    SELECT format('schema %I', n.name) FROM pg_publication_namespace m JOIN chosen n ON n.oid = m.pnnspid WHERE m.pnpubid = p.oid
  ) f
)
SELECT line
FROM (SELECT label || ': ' || replace(fact, E'\n', '\n') AS line FROM fact WHERE fact IS NOT NULL) AS lines
ORDER BY line COLLATE "C"
