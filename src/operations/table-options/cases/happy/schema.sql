CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
ALTER TABLE users SET (fillfactor = 90, autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE UNIQUE INDEX users_one ON users (id);
ALTER TABLE users REPLICA IDENTITY USING INDEX users_one;
