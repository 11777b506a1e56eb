-- Coordinates as numbers.
-- shoofly:up split_part(position, ',', 1)::numeric
ALTER TABLE places ADD COLUMN x numeric DEFAULT 0;
-- shoofly:up split_part(position, ',', 2)::numeric
ALTER TABLE places ADD COLUMN y numeric DEFAULT 0;
-- shoofly:down CASE WHEN x IS NOT NULL AND y IS NOT NULL THEN x || ',' || y END
ALTER TABLE places DROP COLUMN position;
