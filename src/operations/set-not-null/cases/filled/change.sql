-- Every product has a region.
UPDATE products SET region = 'eu' WHERE region IS NULL;
ALTER TABLE products ALTER COLUMN region SET NOT NULL;
