-- What the finished migration must equal.
ALTER TABLE products ADD COLUMN total bigint;
UPDATE products SET total = price * qty;
ALTER TABLE products ALTER COLUMN total SET NOT NULL;
