-- One statement a line. No inserts: without a key they may repeat one, and then it is right that the key cannot come.
SELECT id, at, note FROM visits ORDER BY id LIMIT 20
UPDATE visits SET note = note WHERE id = (random() * 499)::int + 1
