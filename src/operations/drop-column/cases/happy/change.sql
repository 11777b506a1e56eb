-- Nobody counts any more.
ALTER TABLE products DROP COLUMN qty;
