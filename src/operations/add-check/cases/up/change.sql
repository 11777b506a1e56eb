-- Prices below zero are seen as zero by the new version.
-- shoofly:up greatest(price, 0)
ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price >= 0);
