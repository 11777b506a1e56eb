UPDATE orders SET price = greatest(price, 0);
ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price >= 0);
