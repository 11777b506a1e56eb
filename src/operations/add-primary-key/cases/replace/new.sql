-- One statement a line. The new version cannot use ON CONFLICT on its key before complete (README, Limits).
SELECT id, tenant, note FROM items ORDER BY id LIMIT 20
UPDATE items SET note = note WHERE id = (random() * 199)::int + 1
INSERT INTO items (id, tenant, note) VALUES (1000 + (random() * 1000000000)::int, 1, 'new')
