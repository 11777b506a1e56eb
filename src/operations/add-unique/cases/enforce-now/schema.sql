CREATE TABLE users (id int PRIMARY KEY, mail text, tenant int, name text);
INSERT INTO users SELECT i, 'm' || i, i % 5, 'n' FROM generate_series(1, 500) AS i;
CREATE UNIQUE INDEX users_there ON users (id, tenant) WITH (fillfactor = 80);
