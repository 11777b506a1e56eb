CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers NOT ENFORCED, other int REFERENCES customers ON DELETE CASCADE);
INSERT INTO customers SELECT i FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT i, i % 50 + 1, i % 50 + 1 FROM generate_series(1, 200) AS i;
