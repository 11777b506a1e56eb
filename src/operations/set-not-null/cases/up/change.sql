-- Every product has a region.
-- shoofly:up coalesce(region, 'eu')
ALTER TABLE products ALTER COLUMN region SET NOT NULL;
