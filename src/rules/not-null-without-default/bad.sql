-- Orders get a region.
ALTER TABLE orders ADD COLUMN region text NOT NULL;
