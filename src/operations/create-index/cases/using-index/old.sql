-- One statement a line. No inserts: without a key they may repeat one, and then it is right that the key cannot come.
SELECT id, mail, name FROM users ORDER BY id LIMIT 20
UPDATE users SET name = name WHERE id = (random() * 199)::int + 1
