-- Comments on what the same file makes.
CREATE TABLE users (id int PRIMARY KEY, name varchar(20), age int);
INSERT INTO users SELECT n, 'n', n FROM generate_series(1, 30) AS n;
COMMENT ON COLUMN users.age IS 'years';
