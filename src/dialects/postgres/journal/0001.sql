-- The journal, version 1: the durable record in the target database and the only state that outlives a process.
-- Files in this folder are numbered and append-only; each runs once, in one transaction with the change of `meta.version`.

create schema shoofly;
comment on schema shoofly is 'Journal of shoofly. Do not change by hand.';

create table shoofly.meta (
  id int primary key default 1 check (id = 1),
  version int not null,
  installed_at timestamptz not null default clock_timestamp(),
  baseline_at timestamptz,
  baseline_name text
);
insert into shoofly.meta (version) values (0);

-- Who may run. `fence` is in a unique key on purpose: transactional steps hold the row FOR KEY SHARE, which conflicts with an
-- update of a key column (a take-over raises the fence) but not with one of other columns (the heartbeat). Manual §13.3.2.
create table shoofly.lease (
  id int primary key default 1 check (id = 1),
  fence bigint not null unique,
  host text,
  process int,
  application text,
  taken_at timestamptz,
  heartbeat_at timestamptz
);
insert into shoofly.lease (fence) values (0);

create table shoofly.migrations (
  name text primary key,
  file text not null,
  checksum text not null,
  target_schema text not null,
  state text not null,
  phase text,
  waiting_for text,
  plan jsonb,
  versions jsonb not null,
  error jsonb,
  progress jsonb,
  mismatched bigint not null default 0,
  quarantined bigint not null default 0,
  carried_by text not null references shoofly.migrations (name) deferrable initially deferred,
  tables text[] not null,
  baseline boolean not null default false,
  rollback_to text check (rollback_to in ('ready', 'rolled-back')),
  position pg_lsn,
  started_at timestamptz,
  started_by text,
  changed_at timestamptz not null default clock_timestamp()
);

create table shoofly.steps (
  migration text not null references shoofly.migrations (name) on delete cascade,
  id text not null,
  ordinal int not null,
  phase text not null,
  title text not null,
  state text not null default 'pending',
  attempts int not null default 0,
  fence bigint,
  started_at timestamptz,
  finished_at timestamptz,
  structure text,
  error jsonb,
  primary key (migration, id)
);

-- What each touched table looked like when shoofly last changed it: the base of the drift check.
create table shoofly.structures (
  relation text primary key,
  facts text[] not null,
  noted_at timestamptz not null default clock_timestamp()
);

-- How far chunks of a step have been handed out. Workers lock this row for the moment of a claim, never while they fill.
create table shoofly.frontiers (
  migration text not null,
  step text not null,
  direction text not null check (direction in ('run', 'undo')),
  last_key text[] not null,
  frontier text[],
  exhausted boolean not null default false,
  rows bigint not null default 0,
  rows_estimate bigint not null,
  started_at timestamptz not null default clock_timestamp(),
  primary key (migration, step, direction),
  foreign key (migration, step) references shoofly.steps (migration, id) on delete cascade
);

create table shoofly.chunks (
  migration text not null,
  step text not null,
  direction text not null check (direction in ('run', 'undo')),
  seq int not null,
  lower text[] not null,
  upper text[] not null,
  cursor text[],
  state text not null default 'running' check (state in ('running', 'done')),
  rows bigint not null default 0,
  share double precision not null default 0,
  fence bigint not null,
  worker text not null,
  claimed_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  primary key (migration, step, direction, seq),
  foreign key (migration, step, direction) references shoofly.frontiers (migration, step, direction) on delete cascade
);

create table shoofly.quarantine (
  id bigint generated always as identity primary key,
  migration text not null references shoofly.migrations (name) on delete cascade,
  step text not null,
  key jsonb not null,
  error text not null,
  at timestamptz not null default clock_timestamp(),
  unique (migration, step, key)
);

create table shoofly.conflicts (
  id bigint generated always as identity primary key,
  migration text not null,
  relation text not null,
  row jsonb not null,
  error text not null,
  at timestamptz not null default clock_timestamp()
);
create index on shoofly.conflicts (migration);

-- Statements that a sync trigger had to refuse. A sequence, because it keeps counting when the refused statement rolls back.
create sequence shoofly.refused_writes;

-- Requests to the runner from any host; it acknowledges each within about a second.
create table shoofly.control (
  id bigint generated always as identity primary key,
  migration text not null references shoofly.migrations (name) on delete cascade,
  verb text not null,
  by text not null,
  reason text,
  at timestamptz not null default clock_timestamp(),
  acked_at timestamptz,
  result text
);
create index on shoofly.control (id) where acked_at is null;

-- The audit log. Rows are only ever added.
create table shoofly.events (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  migration text,
  by text not null,
  what text not null,
  detail jsonb not null default '{}'
);
create index on shoofly.events (migration, id);

-- Called by sync triggers, in the rights of the journal's owner, so that roles of the application need none on the journal.
create function shoofly.record_conflict(migration text, relation text, "row" jsonb, error text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into shoofly.conflicts (migration, relation, row, error) values ($1, $2, $3, $4)
$$;

revoke all on function shoofly.record_conflict(text, text, jsonb, text) from public;

-- One line per fact about the structure of tables, named as `schema.table`: the same text whatever the caller's search_path is.
-- Invalid indexes are left out: they are half-made by CREATE INDEX CONCURRENTLY, ours or somebody else's.
create function shoofly.structure(tables text[]) returns table (relation text, fact text)
language sql stable set search_path = ''
as $$
  with touched as (
    select c.oid, n.nspname || '.' || c.relname as relation, c.relkind, c.relrowsecurity
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname || '.' || c.relname = any (tables) and c.relkind in ('r', 'p', 'f', 'v', 'm')
  )
  select t.relation, 'relation ' || t.relkind::text || case when t.relrowsecurity then ' row security' else '' end from touched t
  union all
  select t.relation, 'column ' || pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
    || case when a.attcollation <> ty.typcollation then ' collate ' || a.attcollation::pg_catalog.regcollation::text else '' end
    || case when a.attnotnull then ' not null' else '' end
    || case when a.attidentity <> '' then ' identity ' || a.attidentity::text else '' end
    || case when a.attgenerated <> '' then ' generated ' || a.attgenerated::text else '' end
    || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
  from touched t
  join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type ty on ty.oid = a.atttypid
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select t.relation, 'constraint ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
  from touched t join pg_catalog.pg_constraint k on k.conrelid = t.oid
  union all
  select t.relation, 'index ' || pg_catalog.pg_get_indexdef(i.indexrelid)
  from touched t join pg_catalog.pg_index i on i.indrelid = t.oid and i.indisvalid
  union all
  select t.relation, 'trigger ' || g.tgenabled::text || ' ' || pg_catalog.pg_get_triggerdef(g.oid)
  from touched t join pg_catalog.pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
$$;

revoke all on function shoofly.structure(text[]) from public;

-- Stands in the views of a closed version: reading them says so instead of showing the retired shape.
create function shoofly.refuse_closed_version(message text) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'object_not_in_prerequisite_state', message = message,
    hint = 'Point the application at the new version, or take the migration back with shoofly rollback.';
end $$;

create function shoofly.refuse_closed_write() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform shoofly.refuse_closed_version(tg_argv[0]);
  return null;
end $$;
grant execute on function shoofly.refuse_closed_version(text), shoofly.refuse_closed_write() to public;
