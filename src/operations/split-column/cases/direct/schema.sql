CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, mail text);
INSERT INTO users SELECT i, 'f' || i || ' l' || i, 'm' || i FROM generate_series(1, 700) AS i;
CREATE INDEX users_name ON users (name);
