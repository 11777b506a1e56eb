-- Said, but not enforced.
ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price > 0) NOT ENFORCED;
