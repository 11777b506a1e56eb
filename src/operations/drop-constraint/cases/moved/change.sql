-- Dropped and made again in other words, over columns that get other names and types.
ALTER TABLE orders DROP CONSTRAINT orders_qty_check;
ALTER TABLE orders RENAME COLUMN qty TO quantity;
ALTER TABLE orders ADD CONSTRAINT orders_qty_check CHECK (quantity > -10);
ALTER TABLE orders DROP CONSTRAINT orders_price_check;
ALTER TABLE orders ALTER COLUMN price TYPE bigint;
ALTER TABLE orders DROP CONSTRAINT orders_customer_fkey;
ALTER TABLE orders RENAME COLUMN customer TO customer_id;
ALTER TABLE orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
ALTER TABLE customers DROP CONSTRAINT customers_note_key;
ALTER TABLE customers RENAME COLUMN note TO remark;
ALTER TABLE customers ADD CONSTRAINT customers_note_key UNIQUE (remark, id);
