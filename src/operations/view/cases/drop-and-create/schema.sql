CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE VIEW names AS SELECT u.id, u.name FROM users AS u JOIN users AS w ON w.id = u.id;
ALTER VIEW names ALTER COLUMN name SET DEFAULT 'x';
CREATE VIEW gone AS SELECT 1 AS one;
CREATE VIEW kept AS SELECT 1 AS one;
