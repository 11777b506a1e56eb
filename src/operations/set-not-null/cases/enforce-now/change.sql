-- Every order has a region, from now on.
-- shoofly:enforce now
ALTER TABLE orders ALTER COLUMN region SET NOT NULL;
