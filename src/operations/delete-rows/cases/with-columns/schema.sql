CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL, name text);
INSERT INTO products SELECT i, i, 'n' || i FROM generate_series(1, 300) AS i;
