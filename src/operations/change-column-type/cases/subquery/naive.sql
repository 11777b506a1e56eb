-- What the finished migration must equal.
ALTER TABLE shops ADD COLUMN r int;
UPDATE shops SET r = (SELECT id FROM regions WHERE code = region);
ALTER TABLE shops DROP COLUMN region;
ALTER TABLE shops RENAME COLUMN r TO region;
