CREATE TABLE settings (usr int PRIMARY KEY, value json NOT NULL);
INSERT INTO settings SELECT id, '{}' FROM users;
INSERT INTO settings VALUES (0, '{"a": 1}');
