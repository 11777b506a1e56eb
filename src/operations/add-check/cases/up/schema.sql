CREATE TABLE orders (id int PRIMARY KEY, price int NOT NULL DEFAULT 0, qty int);
CREATE INDEX orders_price ON orders (price, qty);
INSERT INTO orders SELECT i, i - 100, i % 7 FROM generate_series(1, 500) AS i;
