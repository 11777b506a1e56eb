-- What the finished migration must equal.
ALTER TABLE places ADD COLUMN x numeric DEFAULT 0;
ALTER TABLE places ADD COLUMN y numeric DEFAULT 0;
UPDATE places SET x = split_part(position, ',', 1)::numeric, y = split_part(position, ',', 2)::numeric;
ALTER TABLE places DROP COLUMN position;
