CREATE POLICY fresh ON users FOR INSERT WITH CHECK (id > 0);
ALTER POLICY changed ON users USING (id > 2);
DROP POLICY old ON users;
DROP POLICY twice ON users;
CREATE POLICY twice ON users USING (id IS NOT NULL);
