CREATE TABLE orders (id int PRIMARY KEY, price int);
CREATE INDEX "by price" ON orders (price);
INSERT INTO orders SELECT i, i FROM generate_series(1, 200) AS i;
