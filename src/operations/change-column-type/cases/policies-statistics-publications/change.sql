-- All of it follows.
ALTER TABLE accounts ALTER COLUMN owner_id TYPE bigint;
