CREATE TABLE users (id int, mail text, name text);
INSERT INTO users SELECT i, 'm' || i, 'n' || i FROM generate_series(1, 200) AS i;
