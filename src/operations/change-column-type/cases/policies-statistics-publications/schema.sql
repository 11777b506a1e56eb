-- What else names a column.
CREATE TABLE accounts (id int PRIMARY KEY, balance int, owner_id int NOT NULL, note text);
INSERT INTO accounts SELECT n, n, n % 5 FROM generate_series(1, 40) AS n;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Own rows" ON accounts AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (owner_id > 0) WITH CHECK (owner_id < 1000);
CREATE POLICY everybody ON accounts FOR SELECT USING (note IS NULL);
COMMENT ON POLICY "Own rows" ON accounts IS 'mine';
CREATE STATISTICS together (dependencies) ON owner_id, balance FROM accounts;
ALTER STATISTICS together SET STATISTICS 200;
COMMENT ON STATISTICS together IS 'they go together';
CREATE PUBLICATION out FOR TABLE accounts (id, owner_id) WHERE (id > 0);
