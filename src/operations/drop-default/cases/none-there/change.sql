-- The statement changes nothing, as when it runs as written.
ALTER TABLE users ALTER COLUMN name DROP DEFAULT;
