CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int);
INSERT INTO orders SELECT i, i FROM generate_series(1, 50) AS i;
