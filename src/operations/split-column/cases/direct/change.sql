-- First and last name apart.
ALTER TABLE users ADD COLUMN first_name text, ADD COLUMN last_name text;
UPDATE users SET first_name = split_part(name, ' ', 1), last_name = split_part(name, ' ', 2);
ALTER TABLE users ALTER COLUMN first_name SET NOT NULL;
-- shoofly:down concat_ws(' ', first_name, last_name)
ALTER TABLE users DROP COLUMN name;
