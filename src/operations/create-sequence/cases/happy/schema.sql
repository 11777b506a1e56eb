-- A table whose numbers will come from a sequence.
CREATE TABLE orders (id int PRIMARY KEY, "Number" bigint);
INSERT INTO orders SELECT n, n FROM generate_series(1, 20) AS n;
