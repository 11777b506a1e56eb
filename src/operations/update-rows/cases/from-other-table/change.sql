-- Orders take the region of their customer.
UPDATE orders AS o SET region = c.region FROM customers c WHERE c.id = o.customer AND o.region IS DISTINCT FROM c.region;
