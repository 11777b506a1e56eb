CREATE TABLE orders (id int, region text) PARTITION BY LIST (region);
CREATE TABLE more (id int, region text);
INSERT INTO more SELECT i, (ARRAY['eu', 'de', NULL])[1 + i % 3] FROM generate_series(1, 100) AS i;
