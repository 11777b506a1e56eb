-- The full name follows from the parts.
-- shoofly:down first || ' ' || last
ALTER TABLE people DROP COLUMN full_name;
