CREATE TABLE orders (id int PRIMARY KEY, region text);
INSERT INTO orders SELECT i, 'eu' FROM generate_series(1, 500) AS i;
