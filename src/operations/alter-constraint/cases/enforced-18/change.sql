-- One begins to be enforced, one ends.
ALTER TABLE orders ALTER CONSTRAINT orders_customer_fkey ENFORCED;
ALTER TABLE orders ALTER CONSTRAINT orders_other_fkey NOT ENFORCED;
