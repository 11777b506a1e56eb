-- A name may be unknown.
ALTER TABLE products ALTER COLUMN name DROP NOT NULL;
