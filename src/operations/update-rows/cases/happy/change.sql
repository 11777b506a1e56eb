-- Empty regions are European.
UPDATE products SET region = 'eu', qty = qty + 1 WHERE region IS NULL;
