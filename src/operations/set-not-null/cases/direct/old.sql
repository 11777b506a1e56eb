-- Old clients that write a region: whoever writes NULL, also one that was read before the fill came by, keeps verify waiting.
SELECT id, region FROM orders LIMIT 50
UPDATE orders SET region = 'us' WHERE id = (random() * 20)::int + 1
INSERT INTO orders (id, region) VALUES ((random() * 20)::int + 1, 'eu') ON CONFLICT (id) DO UPDATE SET region = excluded.region
