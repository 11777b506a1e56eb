CREATE TABLE customers (id int PRIMARY KEY, note text UNIQUE);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers, price int CHECK (price > 0), qty int CHECK (qty > 0));
INSERT INTO customers SELECT i, 'n' || i FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT i, i % 50 + 1, i + 10, 1 FROM generate_series(1, 200) AS i;
