CREATE TABLE orders (id int PRIMARY KEY, name text);
CREATE INDEX by_name ON orders (lower(name), id) WITH (fillfactor = 90);
INSERT INTO orders SELECT i, 'n' FROM generate_series(1, 200) AS i;
