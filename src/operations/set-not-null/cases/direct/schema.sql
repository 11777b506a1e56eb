CREATE TABLE orders (id int PRIMARY KEY, region text);
INSERT INTO orders SELECT i, CASE WHEN i % 3 = 0 THEN 'us' END FROM generate_series(1, 600) AS i;
