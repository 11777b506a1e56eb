CREATE TABLE orders (id int PRIMARY KEY, price int);
INSERT INTO orders SELECT i, -i FROM generate_series(1, 50) AS i;
