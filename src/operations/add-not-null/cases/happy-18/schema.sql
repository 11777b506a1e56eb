CREATE TABLE orders (id int PRIMARY KEY, region text, price int, note text);
INSERT INTO orders SELECT i, 'eu', i, NULL FROM generate_series(1, 200) AS i;
