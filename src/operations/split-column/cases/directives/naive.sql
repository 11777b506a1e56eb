-- What the finished migration must equal.
ALTER TABLE places ADD COLUMN x numeric DEFAULT 0;
ALTER TABLE places ADD COLUMN y numeric DEFAULT 0;
ALTER TABLE places DROP COLUMN position;
