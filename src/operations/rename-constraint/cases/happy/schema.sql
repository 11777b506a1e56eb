CREATE TABLE orders (id int PRIMARY KEY, price int CHECK (price > 0), note text UNIQUE);
INSERT INTO orders SELECT i, i, 'n' || i FROM generate_series(1, 200) AS i;
