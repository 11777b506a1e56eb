-- What the finished migration must equal.
ALTER TABLE products ADD COLUMN total bigint NOT NULL DEFAULT 0;
ALTER TABLE products ADD COLUMN note text DEFAULT 'none' NOT NULL;
UPDATE products SET total = price * qty;
