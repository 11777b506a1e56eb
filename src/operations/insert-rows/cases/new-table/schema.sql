CREATE TABLE users (id int PRIMARY KEY, country text);
INSERT INTO users SELECT i, 'c' || i % 7 FROM generate_series(1, 200) AS i;
