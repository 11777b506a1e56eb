CREATE TABLE people (id int PRIMARY KEY, first text NOT NULL, last text NOT NULL, full_name text NOT NULL);
INSERT INTO people SELECT i, 'f' || i, 'l' || i, 'f' || i || ' l' || i FROM generate_series(1, 200) AS i;
