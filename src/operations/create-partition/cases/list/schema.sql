CREATE TABLE orders (id int, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
INSERT INTO orders SELECT i, 'r' || i % 3 FROM generate_series(1, 100) AS i;
