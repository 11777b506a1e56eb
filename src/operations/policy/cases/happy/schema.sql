CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE POLICY old ON users FOR SELECT USING (id > 0);
COMMENT ON POLICY old ON users IS 'Old.';
CREATE POLICY changed ON users AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (id > 1) WITH CHECK (name <> '');
CREATE POLICY twice ON users USING (true);
