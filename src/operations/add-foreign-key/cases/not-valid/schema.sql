CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int, note text);
INSERT INTO customers SELECT i, 'c' FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT i, nullif(i % 50, 0), 'n' FROM generate_series(1, 500) AS i;
INSERT INTO orders VALUES (1000, 999);
