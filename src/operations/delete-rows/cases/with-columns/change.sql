DELETE FROM products WHERE price % 2 = 0;
-- shoofly:down (price * 100)::int
ALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
ALTER TABLE products ADD COLUMN note text DEFAULT 'n';
