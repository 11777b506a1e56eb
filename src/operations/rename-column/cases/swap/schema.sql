CREATE TABLE pairs (id int PRIMARY KEY, a int, b int);
INSERT INTO pairs SELECT i, i, -i FROM generate_series(1, 100) AS i;
