CREATE TABLE customers (id int PRIMARY KEY, region text);
INSERT INTO customers SELECT i, CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'us' END FROM generate_series(1, 50) AS i;
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers (id), region text);
INSERT INTO orders SELECT i, 1 + i % 50, NULL FROM generate_series(1, 500) AS i;
