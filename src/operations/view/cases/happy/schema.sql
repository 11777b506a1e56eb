CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE VIEW names WITH (security_barrier = true) AS SELECT u.id, u.name FROM users AS u JOIN users AS w ON w.id = u.id WHERE u.id > 3;
COMMENT ON VIEW names IS 'Names.';
COMMENT ON COLUMN names.name IS 'A name.';
GRANT SELECT ON names TO PUBLIC;
