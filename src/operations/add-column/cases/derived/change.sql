-- The total is stored.
-- shoofly:up price * qty
ALTER TABLE products ADD COLUMN total bigint NOT NULL;
