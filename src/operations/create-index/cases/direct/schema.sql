CREATE TABLE people (id int PRIMARY KEY, name text);
INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 600) AS i;
