-- Objects with and without a comment.
CREATE TABLE users (id int PRIMARY KEY, name text, CONSTRAINT named CHECK (name <> ''));
CREATE INDEX users_name ON users (name);
CREATE FUNCTION greet(who text, times int[]) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN short AS text CONSTRAINT fits CHECK (length(VALUE) < 10);
CREATE VIEW names AS SELECT name FROM users;
COMMENT ON TABLE users IS 'old words';
COMMENT ON COLUMN users.name IS 'old name';
COMMENT ON FUNCTION greet(text, int[]) IS 'says 100% hello';
