-- The journal, version 3: a step that was not planned as a rewrite cannot rewrite a table.

-- Only the runner's sessions ask to be watched; in all others this returns at once. An empty table is rewritten in no time.
create function shoofly.guard_rewrite() returns event_trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('shoofly.may_rewrite', true) is distinct from 'off' then
    return;
  end if;
  if pg_relation_size(pg_event_trigger_table_rewrite_oid()) > 0 then
    raise exception 'The statement would write the whole table % anew while its clients wait, and the plan says that it does not',
        pg_event_trigger_table_rewrite_oid()::regclass
      using hint = 'Plan it again with --shadow auto, which observes what a statement does.';
  end if;
end $$;
revoke all on function shoofly.guard_rewrite() from public;

-- Only superusers may make event triggers (manual, CREATE EVENT TRIGGER). Without one the plan's prediction is all there is.
do $$
begin
  create event trigger shoofly_guard_rewrite on table_rewrite execute function shoofly.guard_rewrite();
exception when insufficient_privilege then
  null;
end $$;
