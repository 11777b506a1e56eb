-- Regions by number.
-- shoofly:up (SELECT r.id FROM regions r WHERE r.code = region)
-- shoofly:down (SELECT r.code FROM regions r WHERE r.id = region)
ALTER TABLE shops ALTER COLUMN region TYPE int USING region::int;
