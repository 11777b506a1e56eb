-- The rows are mended first.
UPDATE orders SET price = abs(price) WHERE price < 0;
-- shoofly:enforce now
ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price > 0);
