CREATE TABLE users (id int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL);
INSERT INTO users SELECT i, 'f' || i, 'l' || i FROM generate_series(1, 700) AS i;
