-- What the finished migration must equal.
ALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
ALTER TABLE products RENAME COLUMN price TO amount;
