-- A new column, a new index, a column that changes its type, a new table.
ALTER TABLE users ADD COLUMN mail text;
COMMENT ON COLUMN users.mail IS 'address';
ALTER TABLE users ALTER COLUMN age TYPE bigint;
COMMENT ON COLUMN users.age IS 'years lived';
CREATE INDEX users_mail ON users (mail);
COMMENT ON INDEX users_mail IS 'for look-ups';
CREATE TABLE notes (id int PRIMARY KEY, body text);
COMMENT ON TABLE notes IS 'what was noted';
COMMENT ON COLUMN notes.body IS 'the text';
