CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL, qty int NOT NULL DEFAULT 1);
INSERT INTO products SELECT i, i * 7 % 1000, i % 9 FROM generate_series(1, 600) AS i;
