-- One statement a line: what clients of both versions send. Copies of rows would come back as rows of theirs.
SELECT id, usr, mail FROM mails ORDER BY id LIMIT 20
UPDATE users SET name = name WHERE id = (SELECT id FROM users OFFSET (random() * 400)::int LIMIT 1)
UPDATE mails SET mail = mail WHERE usr = 1
INSERT INTO users VALUES (1000 + (random() * 1000)::int, 'new', NULL) ON CONFLICT DO NOTHING
