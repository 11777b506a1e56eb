-- Both stay where they are.
ALTER TABLE people ALTER COLUMN name TYPE varchar;
ALTER TABLE people ALTER COLUMN email TYPE text;
