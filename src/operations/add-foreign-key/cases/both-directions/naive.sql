ALTER TABLE orders RENAME COLUMN customer_id TO customer;
ALTER TABLE customers RENAME COLUMN id TO number;
ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers (number);
ALTER TABLE customers ADD COLUMN last_order int;
ALTER TABLE customers ADD FOREIGN KEY (last_order) REFERENCES orders;
ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);
