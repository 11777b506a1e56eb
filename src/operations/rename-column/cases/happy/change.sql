-- The field is a title.
ALTER TABLE products RENAME COLUMN name TO title;
