-- What the finished migration must equal.
ALTER TABLE days ADD COLUMN at date;
UPDATE days SET at = make_date(y, m, d);
ALTER TABLE days DROP COLUMN y, DROP COLUMN m, DROP COLUMN d;
