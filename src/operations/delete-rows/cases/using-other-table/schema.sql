CREATE TABLE customers (id int PRIMARY KEY, gone boolean NOT NULL DEFAULT false);
CREATE TABLE orders (customer int REFERENCES customers (id), n int, PRIMARY KEY (customer, n), extra text);
CREATE TABLE lines (id serial PRIMARY KEY, customer int, n int, FOREIGN KEY (customer, n) REFERENCES orders (customer, n));
INSERT INTO customers SELECT i, i % 4 = 0 FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT c, n, 'x' FROM generate_series(1, 50) AS c, generate_series(1, 4) AS n;
INSERT INTO lines (customer, n) SELECT customer, n FROM orders WHERE n = 1;
