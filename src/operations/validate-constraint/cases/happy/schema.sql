CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int, price int, qty int);
INSERT INTO customers SELECT i FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT i, i % 50 + 1, i, 1 FROM generate_series(1, 200) AS i;
ALTER TABLE orders ADD CONSTRAINT priced CHECK (price > 0) NOT VALID;
ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers ON DELETE CASCADE NOT VALID;
COMMENT ON CONSTRAINT priced ON orders IS 'no gifts';
