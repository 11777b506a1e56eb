-- Every order has a region.
ALTER TABLE orders ALTER COLUMN region SET NOT NULL;
