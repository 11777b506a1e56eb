CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL DEFAULT 700 CHECK (price >= 0), name text);
INSERT INTO products SELECT i, i * 7 % 1000, 'n' || i FROM generate_series(1, 600) AS i;
CREATE INDEX products_price ON products (price);
