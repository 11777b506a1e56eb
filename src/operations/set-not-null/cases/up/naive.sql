-- What the finished migration must equal.
UPDATE products SET region = 'eu' WHERE region IS NULL;
ALTER TABLE products ALTER COLUMN region SET NOT NULL;
