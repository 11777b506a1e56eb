-- An index of its own and one behind a key.
ALTER INDEX "by price" RENAME TO orders_price;
ALTER INDEX orders_pkey RENAME TO orders_key;
ALTER TABLE orders ALTER COLUMN price TYPE bigint;
