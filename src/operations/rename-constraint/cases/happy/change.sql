-- Names that tell more.
ALTER TABLE orders RENAME CONSTRAINT orders_price_check TO "price is positive";
ALTER TABLE orders RENAME CONSTRAINT orders_note_key TO one_note;
ALTER TABLE orders ALTER COLUMN price TYPE bigint;
ALTER TABLE orders ADD CONSTRAINT small CHECK (id < 100000);
ALTER TABLE orders RENAME CONSTRAINT small TO "not too large";
ALTER TABLE orders RENAME TO purchases;
