CREATE TABLE orders (id int PRIMARY KEY, price int, qty int, region text);
INSERT INTO orders SELECT i, i, i % 7, 'eu' FROM generate_series(1, 500) AS i;
