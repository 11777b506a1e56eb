ALTER TABLE orders ADD COLUMN cents bigint;
UPDATE orders SET cents = price * 100;
ALTER TABLE orders ADD CONSTRAINT orders_cents CHECK (cents >= 0);
ALTER TABLE orders ADD CONSTRAINT orders_both CHECK (cents >= qty);
ALTER TABLE orders RENAME COLUMN qty TO quantity;
ALTER TABLE orders ADD CONSTRAINT orders_quantity CHECK (quantity < 1000 AND price > quantity - 1000);
ALTER TABLE orders ALTER COLUMN price TYPE bigint;
ALTER TABLE orders DROP COLUMN region;
