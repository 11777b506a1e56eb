-- Old rows may stay as they are.
ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price > 0) NOT VALID;
