-- Codes become text.
-- shoofly:down code::int
ALTER TABLE log ALTER code TYPE text USING code::text;
