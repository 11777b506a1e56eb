-- One proven, one at once, one for new rows only.
ALTER TABLE orders ADD CONSTRAINT regional NOT NULL region;
-- shoofly:enforce now
ALTER TABLE orders ADD NOT NULL price;
ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note NOT VALID;
