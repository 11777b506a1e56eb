-- To a table of another schema.
ALTER TABLE orders ADD FOREIGN KEY (customer, region) REFERENCES elsewhere.customers (id, region);
