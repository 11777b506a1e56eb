-- A number for people.
ALTER TABLE tickets ADD COLUMN number serial;
ALTER TABLE tickets ADD COLUMN long_number bigserial;
