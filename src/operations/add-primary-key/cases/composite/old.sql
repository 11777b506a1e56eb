-- One statement a line. No inserts: without a key they may repeat one, and then it is right that the key cannot come.
SELECT "user", at, note FROM visits ORDER BY at LIMIT 20
UPDATE visits SET note = note WHERE at = (random() * 199)::int + 1
UPDATE notes SET body = body WHERE id = (random() * 199)::int + 1
