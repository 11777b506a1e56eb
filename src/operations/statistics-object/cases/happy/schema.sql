CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE STATISTICS gone (dependencies) ON name, mail FROM users;
ALTER STATISTICS gone SET STATISTICS 50;
COMMENT ON STATISTICS gone IS 'Gone.';
