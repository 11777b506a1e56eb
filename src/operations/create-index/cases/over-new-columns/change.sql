-- Search by the new columns.
-- shoofly:down (price * 100)::int
ALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
ALTER TABLE products RENAME COLUMN name TO title;
CREATE INDEX products_title_price_idx ON products (title, price);
