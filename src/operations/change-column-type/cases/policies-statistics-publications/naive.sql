-- The server does not change the type under a policy, nor under a row filter, and forgets the target of statistics.
DROP POLICY "Own rows" ON accounts;
ALTER PUBLICATION out DROP TABLE accounts;
ALTER TABLE accounts ALTER COLUMN owner_id TYPE bigint;
CREATE POLICY "Own rows" ON accounts AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (owner_id > 0) WITH CHECK (owner_id < 1000);
COMMENT ON POLICY "Own rows" ON accounts IS 'mine';
ALTER PUBLICATION out ADD TABLE accounts (id, owner_id) WHERE (id > 0);
ALTER STATISTICS together SET STATISTICS 200;
