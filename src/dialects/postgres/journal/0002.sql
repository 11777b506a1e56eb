-- The journal, version 2: triggers that feed retired columns follow the renames of later migrations.

-- The text of each such trigger's function, with a placeholder where a column of the table is named. `columns` says what each
-- placeholder stands for now. Names and not attribute numbers, so that a dump and restore in mid-migration changes nothing.
create table shoofly.retire_functions (
  function name primary key,
  header text not null,
  body text not null,
  columns text[] not null
);

-- Makes the functions of one table anew after columns of it were renamed: from_names[i] became to_names[i], all at once.
create function shoofly.rename_retired(relation regclass, from_names text[], to_names text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  found shoofly.retire_functions;
  written text;
begin
  for found in
    update shoofly.retire_functions r
    set columns = array(
      select coalesce(to_names[array_position(from_names, old.name)], old.name)
      from unnest(r.columns) with ordinality as old (name, place) order by old.place
    )
    where r.function in (
      select p.proname from pg_trigger g join pg_proc p on p.oid = g.tgfoid and p.pronamespace = 'shoofly'::regnamespace
      where g.tgrelid = relation
    )
    returning r.*
  loop
    written := found.body;
    for place in 1 .. coalesce(array_length(found.columns, 1), 0) loop
      written := replace(written, format('"{{shoofly:%s}}"', place), quote_ident(found.columns[place]));
    end loop;
    execute found.header || quote_literal(written);
  end loop;
end $$;
revoke all on function shoofly.rename_retired(regclass, text[], text[]) from public;
