-- Old writers are known to keep it already.
-- shoofly:enforce now
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE;
