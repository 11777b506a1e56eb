CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.customers (id int, region text, PRIMARY KEY (id, region));
CREATE TABLE orders (id int PRIMARY KEY, customer int, region text);
INSERT INTO elsewhere.customers SELECT i, 'eu' FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT i, i % 50 + 1, 'eu' FROM generate_series(1, 500) AS i;
