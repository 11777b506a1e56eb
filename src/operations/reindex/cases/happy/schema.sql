CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE INDEX users_name_idx ON users (name);
