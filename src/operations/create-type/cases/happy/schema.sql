-- A table that has nothing to do with the new types.
CREATE TABLE users (id int PRIMARY KEY, name text);
INSERT INTO users SELECT n, 'n' FROM generate_series(1, 20) AS n;
