-- No order is free.
ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price > 0);
