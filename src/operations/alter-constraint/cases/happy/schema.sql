CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers, other int REFERENCES customers DEFERRABLE INITIALLY DEFERRED);
INSERT INTO customers SELECT i FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT i, i % 50 + 1, i % 50 + 1 FROM generate_series(1, 200) AS i;
