-- A few rows for the tables of ddl-fixture.sql: with rows a foreign key is checked on both sides.
insert into maker select g, 'm' from generate_series(1, 200) g;
insert into item (id, code, maker_id, amount, size, small, word, words, fixed, body, folded, word_indexed, body_indexed, price,
    rate, price_indexed, made, made_zone, made_millis, span, doc, raw, flags, host, net, bytes, ratio, list, positive, proven, unproven,
    checked, spare, filtered)
  select g, g, 1 + g % 100, g, g, 1, 'v', 'v', 'c', 't', 't', 'v', 't', 1.5, 1.5, 1.5, '2024-01-01', '2024-01-01', '2024-01-01',
    '1 hour', '{}', '{}', B'101', '10.0.0.0', '10.0.0.0/8', 'a', 1, '{1}', 1, 1, 1, 'v', g, 'b' from generate_series(1, 200) g;
insert into part select g, g from generate_series(1, 200) g;
insert into log select g, g, 'x' from generate_series(0, 1999) g;
insert into loose select g, g, 'x' from generate_series(2000, 2199) g;
insert into loose_checked select g, g, 'x' from generate_series(3000, 3199) g;
insert into doubled (id, a) select g, g from generate_series(1, 200) g;
insert into numbered (a) select g from generate_series(1, 200) g;
insert into measured select g, g from generate_series(1, 200) g;
refresh materialized view item_small;
analyze;
