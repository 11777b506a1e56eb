-- What was promised is proven; and both in one file.
ALTER TABLE orders VALIDATE CONSTRAINT priced;
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fkey;
ALTER TABLE orders ADD CONSTRAINT counted CHECK (qty > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT counted;
