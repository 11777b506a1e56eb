-- Orders take the region of their customer.
UPDATE orders SET region = (SELECT c.region FROM customers c WHERE c.id = orders.customer) WHERE region IS NULL;
