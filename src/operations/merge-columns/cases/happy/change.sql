-- One name.
ALTER TABLE users ADD COLUMN name text;
UPDATE users SET name = first_name || ' ' || last_name;
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
-- shoofly:down split_part(name, ' ', 1)
ALTER TABLE users DROP COLUMN first_name;
-- shoofly:down split_part(name, ' ', 2)
ALTER TABLE users DROP COLUMN last_name;
