-- Old writers are known to keep it already.
-- shoofly:enforce now
ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price > 0);
